"""List the first names, surnames, towns and company words of which the practice company's customers are made."""

_FR_WOMEN = (
    "Camille Léa Chloé Manon Inès Sarah Zoé Élodie Aurélie Céline Sandrine Nathalie Isabelle Sylvie Valérie Hélène "
    "Françoise Monique Agnès Béatrice Mélanie Émilie Noémie Clémence Maëlle Anaïs Justine Pauline Marion Laura Julie "
    "Stéphanie Karine Laetitia Delphine Solène Gaëlle Yasmina Fatima Leïla"
)
_FR_MEN = (
    "Lucas Hugo Théo Jérôme François Frédéric Stéphane Rémi Gaël Loïc Benoît Cédric Sébastien Grégory Nicolas Julien "
    "Mathieu Guillaume Thierry Pascal Didier Alain Gérard André René Éric Hervé Raphaël Noël Clément Étienne Maxime "
    "Antoine Baptiste Arnaud Karim Mehdi Youssef Damien Fabrice"
)
_FR_SURNAMES = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David "
    "Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Faure Mercier Blanc Guérin "
    "Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel "
    "Gautier Masson Marchand Duval Denis Dumont Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière "
    "Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Colin Vidal Caron Picard Fabre "
    "Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland Leclercq "
    "Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet "
    "Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam Paris Poirier Marty Aubry Guyot Carré Charles Renault "
    "Charpentier Ménard Maillard Baron Bertin Bailly Hervé Schneider Fernandez Collet Léger Bouvier Julien Prévost "
    "Millet Perrot Daniel Cousin Germain Breton Besson Langlois Rémy Benali Haddad Nguyen Traoré Diallo Le_Gall "
    "Kerouanton Étchevarria Quéré Castagné Lafitte Delahaye Vandamme Lefebvre Deschênes Brégeon Courtois Tessier"
)
_EN_WOMEN = (
    "Olivia Amelia Isla Emily Grace Sophie Lucy Charlotte Hannah Megan Rebecca Laura Rachel Helen Karen Susan Julie "
    "Deborah Alison Fiona Catherine Heather Joanne Nicola Priya Aisha Zara Ngozi Siobhan Bronwen"
)
_EN_MEN = (
    "Oliver George Harry Jack James William Thomas Daniel Matthew Andrew Stephen Mark Paul Ian Graham Keith Neil Simon "
    "Martin Colin Alistair Callum Rhys Owen Imran Rajesh Kwame Liam Connor Gareth"
)
_EN_SURNAMES = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green "
    "Hall Wood Jackson Clarke Patel Khan Lewis James Phillips Mason Mitchell Rose Davis Rodgers Cox Alexander Marshall "
    "Harrison Gibson McDonald Campbell Stewart Morris Murray Fraser Reid Kelly Byrne Murphy OConnor Ryan Doyle Baker "
    "Carter Parker Cooper Ward Turner Hill Moore Clark Harris King Lee Allen Young Hughes Edwards Collins Bennett Shaw "
    "Holmes Rees Pritchard Begum Hussain Ali Singh Kaur Sharma Okafor Adeyemi Mensah Whitfield Ashworth Hargreaves "
    "Pemberton Ainsworth Bradshaw Crowther Sutcliffe Thornton Barraclough Fairclough Entwistle Greenhalgh Ramsbottom"
)
FIRST_NAMES = {True: (_FR_WOMEN.split(), _FR_MEN.split()), False: (_EN_WOMEN.split(), _EN_MEN.split())}
SURNAMES = {
    True: [name.replace("_", " ") for name in _FR_SURNAMES.split()],
    False: [name.replace("OConnor", "O’Connor") for name in _EN_SURNAMES.split()],
}

# Town, post code without its last two digits (France) or the outward code (United Kingdom), area of the telephone.
FR_TOWNS = [
    *(("Lyon", "690", "04"), ("Villeurbanne", "691", "04"), ("Saint-Étienne", "420", "04"), ("Grenoble", "380", "04")),
    *(("Marseille", "130", "04"), ("Aix-en-Provence", "131", "04"), ("Nîmes", "300", "04"), ("Annecy", "740", "04")),
    *(("Paris", "750", "01"), ("Créteil", "940", "01"), ("Évry", "910", "01"), ("Cergy", "950", "01")),
    *(("Nantes", "440", "02"), ("Angers", "490", "02"), ("Rennes", "350", "02"), ("Brest", "292", "02")),
    *(("Le Mans", "720", "02"), ("Orléans", "450", "02"), ("Rouen", "760", "02"), ("Cholet", "493", "02")),
    *(("Lille", "590", "03"), ("Strasbourg", "670", "03"), ("Reims", "511", "03"), ("Besançon", "250", "03")),
    *(("Nancy", "540", "03"), ("Metz", "570", "03"), ("Dijon", "210", "03"), ("Mâcon", "710", "03")),
    *(("Toulouse", "310", "05"), ("Bordeaux", "330", "05"), ("Pau", "640", "05"), ("Limoges", "870", "05")),
    *(("Poitiers", "860", "05"), ("Agen", "470", "05"), ("Cahors", "460", "05"), ("Périgueux", "240", "05")),
]
EN_TOWNS = [
    *(
        ("Leeds", "LS1", "0113"),
        ("Sheffield", "S3", "0114"),
        ("Nottingham", "NG2", "0115"),
        ("Leicester", "LE1", "0116"),
    ),
    *(
        ("Bristol", "BS1", "0117"),
        ("Reading", "RG1", "0118"),
        ("Birmingham", "B4", "0121"),
        ("Edinburgh", "EH6", "0131"),
    ),
    *(("Glasgow", "G2", "0141"), ("Liverpool", "L3", "0151"), ("Manchester", "M4", "0161"), ("London", "SE1", "020")),
    *(("Newcastle", "NE1", "0191"), ("Belfast", "BT3", "028"), ("Cardiff", "CF10", "029"), ("Preston", "PR1", "01632")),
]
FR_STREETS = [
    "rue de la République",
    "rue des Forges",
    "avenue Jean-Jaurès",
    "rue Pasteur",
    "boulevard de l’Industrie",
    "chemin des Prés",
    "rue du Général-Leclerc",
    "impasse des Érables",
    "zone artisanale des Chênes",
    "rue Émile-Zola",
    "quai de la Gare",
    "allée des Métiers",
]
EN_STREETS = [
    "Mill Lane",
    "Station Road",
    "Victoria Street",
    "Forge Way",
    "Canal Street",
    "Church Road",
    "Foundry Close",
    "Park View",
    "Dock Road",
]

COINED_BEGIN = [
    "Sofa",
    "Méca",
    "Alti",
    "Nova",
    "Bati",
    "Ferro",
    "Hydro",
    "Pneu",
    "Vibra",
    "Cali",
    "Dura",
    "Eura",
    "Frigo",
    "Galva",
    "Indu",
    "Jura",
    "Kara",
    "Lami",
    "Moto",
    "Nor",
    "Opti",
    "Plasti",
    "Quali",
    "Rota",
    "Stru",
    "Tecno",
    "Usi",
    "Vali",
    "Zéta",
    "Arma",
    "Bélier",
    "Cobal",
    "Delta",
    "Élec",
    "Fonde",
    "Gira",
    "Hélio",
    "Isol",
    "Levi",
    "Maté",
]
COINED_MIDDLE = [
    "va",
    "ri",
    "no",
    "ma",
    "lé",
    "to",
    "da",
    "so",
    "ti",
    "ra",
    "no",
    "mé",
    "li",
    "co",
    "pa",
    "du",
    "ga",
    "vé",
    "lo",
    "ni",
]
COINED_END = [
    "tec",
    "lec",
    "mat",
    "dis",
    "sol",
    "fer",
    "max",
    "bois",
    "pro",
    "plast",
    "nord",
    "sud",
    "ouest",
    "pack",
    "flex",
    "lux",
    "tol",
    "mag",
    "vert",
    "cap",
    "gis",
    "cel",
    "dex",
    "val",
    "zon",
    "bat",
    "pan",
    "lam",
    "cor",
    "vis",
]
FR_TRADES = [
    "Mécanique",
    "Usinage",
    "Menuiserie",
    "Chaudronnerie",
    "Plasturgie",
    "Conserverie",
    "Fonderie",
    "Imprimerie",
    "Tôlerie",
    "Emballages",
    "Scierie",
    "Brasserie",
    "Laiterie",
    "Maroquinerie",
    "Métallerie",
    "Ateliers",
    "Établissements",
    "Transports",
]
EN_TRADES = [
    "Engineering",
    "Joinery",
    "Castings",
    "Plastics",
    "Foods",
    "Foundry",
    "Printing",
    "Packaging",
    "Sawmills",
    "Brewing",
    "Dairy",
    "Leather",
    "Metalworks",
    "Tooling",
    "Workshops",
    "Haulage",
]
FR_LEGAL = ("SARL", "SAS", "SA", "EURL", "SASU")
EN_LEGAL = ("Ltd", "Limited", "LLP", "PLC", "Ltd.")
OWNERS = (
    "Sophie Marchal",
    "Karim Benali",
    "Élise Prévôt",
    "Tom Hargreaves",
    "Inès Caron",
    "Marc Vasseur",
    "Anna Whitfield",
)
TECHNICIANS = ("Yann Quéré", "Luc Dumas", "Mohamed Haddad", "Peter Ashworth", "Chantal Rey", "Gareth Rees")
FR_ROLES = (
    "Gérant",
    "Responsable maintenance",
    "Responsable achats",
    "Comptable",
    "Chef d’atelier",
    "Directrice technique",
)
EN_ROLES = ("Managing director", "Maintenance manager", "Buyer", "Accountant", "Workshop foreman", "Technical director")
