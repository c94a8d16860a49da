"""The ways rows come in: one file per kind of place (a CSV file, an Excel sheet, an SQL database, ...)."""
