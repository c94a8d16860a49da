"""Say what the page of the runs says."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="runs",
    words={
        "title": Words(fr="Exécutions", en="Runs"),
        "latest": Words(fr="Dernière exécution", en="Latest run"),
        "earlier": Words(fr="Exécutions précédentes", en="Earlier runs"),
        "state_running": Words(fr="En cours", en="Running"),
        "state_done": Words(fr="Terminée", en="Done"),
        "state_failed": Words(fr="En échec", en="Failed"),
        "state_interrupted": Words(fr="Interrompue", en="Interrupted"),
        "stage_waiting": Words(fr="en attente", en="waiting"),
        "stage_running": Words(fr="en cours", en="running"),
        "stage_done": Words(fr="terminé", en="done"),
        "stage_failed": Words(fr="en échec", en="failed"),
        "stage_skipped": Words(fr="inchangé", en="unchanged"),
        "as_of": Words(fr="Situation au {when}", en="State as of {when}"),
        "started": Words(fr="Lancée le {when}", en="Started on {when}"),
        "took": Words(fr="durée {seconds} s", en="took {seconds} s"),
        "stages": Words(fr="Étapes", en="Stages"),
        "stage": Words(fr="Étape", en="Stage"),
        "state": Words(fr="État", en="State"),
        "rows_in": Words(fr="Lignes lues", en="Rows in"),
        "rows_out": Words(fr="Lignes écrites", en="Rows out"),
        "rows_new": Words(fr="Nouvelles", en="New"),
        "quarantined": Words(fr="Quarantaine", en="Quarantined"),
        "seconds": Words(fr="Secondes", en="Seconds"),
        "predictions": Words(fr="Peut-on se fier aux prédictions ?", en="Can the predictions be trusted?"),
        "verdict_models": Words(fr="Modèle utilisé", en="Model in use"),
        "verdict_signals_only": Words(fr="Signaux seuls", en="Signals only"),
        "verdict_not_enough": Words(fr="Pas assez de données", en="Not enough data"),
        "pairs": Words(
            fr="Sur 100 paires de clients, en classe {n} dans le bon ordre ; la règle simple, {m}.",
            en="Of 100 pairs of customers, puts {n} in the right order; the plain rule, {m}.",
        ),
        "interval": Words(fr="Intervalle : {low} à {high}.", en="Interval: {low} to {high}."),
        "flagged": Words(fr="Sur {fired} signalés, {right} justes.", en="Of {fired} flagged, {right} were right."),
        "card": Words(fr="Fiche du modèle", en="Model card"),
        "audit": Words(fr="Rapport d’audit des données", en="Data audit report"),
        "acted": Words(fr="proposées", en="proposed"),
        "held_out": Words(fr="témoins, sans contact", en="held out, not contacted"),
        "waiting": Words(fr="en attente de place", en="waiting for room"),
        "empty_title": Words(fr="Aucune exécution encore", en="No run yet"),
        "empty_lead": Words(
            fr="Lancez « prevenance run » : chaque étape, ses lignes et sa durée apparaîtront ici.",
            en="Start “prevenance run”: each stage, its rows and its time will appear here.",
        ),
        "no_targets": Words(fr="Aucune prédiction évaluée.", en="No prediction was evaluated."),
    },
)
