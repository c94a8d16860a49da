"""What French customers and agents write; {x} stands for the thing spoken of."""

SUBJECTS = {
    "billing": ("Question sur ma facture", "Erreur de facturation", "Facture de {x}", "Double prélèvement ?"),
    "breakdown": ("Panne sur notre {x}", "{x} à l’arrêt", "Machine en défaut", "Intervention urgente : {x}"),
    "part_order": ("Commande de pièce", "Disponibilité : {x}", "Référence pour {x}", "Besoin d’une pièce de rechange"),
    "login": ("Connexion impossible", "Compte bloqué", "Mot de passe refusé", "Activité inhabituelle sur notre compte"),
    "slowness": ("Lenteurs depuis ce matin", "L’application rame", "{x} très lent", "Temps de chargement"),
    "training": ("Comment utiliser {x} ?", "Demande de formation", "Prise en main", "Question sur {x}"),
    "delivery": ("Livraison en retard", "Où en est ma commande ?", "Colis non reçu", "Retard : {x}"),
    "feature_request": (
        "Suggestion d’amélioration",
        "Évolution souhaitée : {x}",
        "Idée pour {x}",
        "Fonction manquante",
    ),
    "cancellation": (
        "Fin de contrat",
        "Nous réfléchissons à la suite",
        "Conditions de résiliation",
        "Préavis de l’offre {x}",
    ),
}
OPENINGS = ("Bonjour,", "Bonjour à toute l’équipe,", "Madame, Monsieur,", "Bonjour,", "Bonsoir,", "Bonjour Mécaléa,")
PROBLEMS = {
    ("billing", "calm"): (
        "Je ne comprends pas le montant de la facture de {x} : il est plus élevé que d’habitude.",
        "Pourriez-vous m’envoyer un duplicata de la facture de {x} ?",
        "La TVA de la facture de {x} ne correspond pas à notre devis.",
        "Nous avons changé d’adresse de facturation, merci de la mettre à jour avant l’échéance de {x}.",
        "Il me semble qu’une même prestation a été facturée deux fois en {x}.",
    ),
    ("billing", "annoyed"): (
        "C’est la deuxième fois que vous nous facturez une commande de {x} que nous n’avons pas reçue.",
        "La facture de {x} est encore fausse, malgré mes deux courriels. Ce n’est pas sérieux.",
        "Nous avons été prélevés deux fois en {x} et personne ne nous répond.",
    ),
    ("breakdown", "calm"): (
        "Notre {x} s’arrête au bout de dix minutes avec le voyant rouge.",
        "La {x} fait un bruit inhabituel côté broche depuis hier.",
        "La pression chute par moments sur la {x}, la production est ralentie.",
        "Après une coupure de courant, la {x} ne redémarre plus.",
        "Nous constatons une fuite d’huile sous la {x}.",
    ),
    ("breakdown", "annoyed"): (
        "La {x} est de nouveau à l’arrêt, pour la troisième fois ce mois-ci. Toute la ligne attend.",
        "Votre technicien est passé, et la {x} est retombée en panne dès le lendemain.",
        "Nous perdons une journée de production à cause de la {x}. C’est inadmissible.",
    ),
    ("part_order", "calm"): (
        "Nous aurions besoin d’une pièce : {x}. Est-elle en stock ?",
        "Quel est le délai pour {x} ?",
        "Pouvez-vous me confirmer la référence de la pièce suivante : {x} ?",
        "Merci de nous établir un devis pour deux unités : {x}.",
    ),
    ("part_order", "annoyed"): (
        "J’attends toujours votre devis ({x}), demandé il y a dix jours.",
        "Vous nous avez livré la mauvaise référence au lieu de : {x}. Il faut la remplacer au plus vite.",
    ),
    ("login", "calm"): (
        "Je n’arrive plus à me connecter, le mot de passe est refusé.",
        "Mon compte est bloqué après plusieurs essais.",
        "Un collègue est parti, pouvez-vous désactiver son accès et créer le mien ?",
        "Nous avons remarqué des connexions la nuit que personne ici n’a faites.",
        "Le lien de réinitialisation n’arrive jamais dans ma boîte.",
    ),
    ("login", "annoyed"): (
        "Impossible de me connecter depuis trois jours, et toujours aucune réponse.",
        "Quelqu’un s’est connecté à notre compte en pleine nuit et vous ne nous avez même pas prévenus !",
    ),
    ("slowness", "calm"): (
        "La page « {x} » met plus d’une minute à s’afficher.",
        "L’application est très lente le matin, surtout l’écran « {x} ».",
        "Nous avons des messages d’erreur à répétition dans « {x} ».",
        "Les données de « {x} » ne se mettent plus à jour.",
    ),
    ("slowness", "annoyed"): (
        "Encore une erreur dans « {x} ». Franchement, nous perdons un temps fou.",
        "« {x} » est inutilisable depuis une semaine. Mes équipes repassent sur Excel.",
    ),
    ("training", "calm"): (
        "Comment faire pour créer un modèle dans « {x} » ?",
        "Existe-t-il un tutoriel pour « {x} » ? Deux nouveaux collègues viennent d’arriver.",
        "Je voudrais programmer une formation à distance sur « {x} ».",
        "Je débute avec « {x} » et je ne trouve pas comment l’activer.",
    ),
    ("training", "annoyed"): (
        "La documentation de « {x} » n’est pas à jour, j’ai perdu ma matinée.",
        "On nous avait promis une formation sur « {x} », et rien n’est venu.",
    ),
    ("delivery", "calm"): (
        "Nous n’avons pas encore reçu notre commande ({x}). Pouvez-vous nous dire où elle est ?",
        "Le transporteur annonce un retard, avez-vous une nouvelle date pour cette commande ({x}) ?",
        "Il manque un article dans le colis reçu hier : {x}.",
    ),
    ("delivery", "annoyed"): (
        "Commande promise la semaine dernière ({x}), toujours rien. Notre atelier est bloqué.",
        "Encore un retard de livraison ({x}). Nous ne pouvons plus travailler ainsi.",
    ),
    ("feature_request", "calm"): (
        "Ce serait pratique de pouvoir exporter « {x} » chaque lundi de façon automatique.",
        "Pourriez-vous ajouter un filtre par atelier dans « {x} » ?",
        "Nous aimerions recevoir les données de « {x} » par l’API.",
    ),
    ("feature_request", "annoyed"): (
        "Nous demandons depuis un an un tri par date dans « {x} ». Vos concurrents le proposent.",
    ),
    ("cancellation", "calm"): (
        "Pouvez-vous nous rappeler la date d’échéance et le préavis de notre offre {x} ?",
        "Nous revoyons nos dépenses et hésitons à garder l’offre {x}.",
        "Comment récupérer nos données si nous ne renouvelons pas l’offre {x} ?",
    ),
    ("cancellation", "annoyed"): (
        "Au vu des derniers mois, nous envisageons de résilier l’offre {x}.",
        "Nous comparons avec un autre fournisseur : l’offre {x} ne tient pas ses promesses.",
    ),
}
DETAILS = (
    "",
    "",
    "",
    "Cela a commencé lundi.",
    "J’ai joint une capture d’écran.",
    "Mon collègue a le même souci.",
    "Nous avons essayé de redémarrer, sans effet.",
    "C’est assez urgent pour nous.",
    "Vous pouvez me rappeler l’après-midi.",
    "Merci de me dire ce dont vous avez besoin pour avancer.",
)
CLOSINGS = (
    "Merci d’avance.",
    "Cordialement,",
    "Bien à vous,",
    "Merci pour votre aide.",
    "Dans l’attente de votre retour, cordialement.",
)
REPLIES = {
    "billing": (
        "J’ai vérifié votre facture : je vous envoie la version corrigée.",
        "Le montant comprend une régularisation, détaillée en pièce jointe.",
    ),
    "breakdown": (
        "Un technicien passera dès que possible ; en attendant, vérifiez le niveau d’huile.",
        "D’après vos indications, il s’agit d’un joint usé. Nous vous l’expédions.",
    ),
    "part_order": ("La pièce est en stock, nous l’expédions demain.", "Vous trouverez le devis en pièce jointe."),
    "login": (
        "Votre accès est rétabli, un nouveau lien vous a été envoyé.",
        "Nous avons fermé les sessions suspectes et réinitialisé les mots de passe.",
    ),
    "slowness": (
        "Nous avons trouvé une requête trop lente ; le correctif est en ligne.",
        "Pouvez-vous vider le cache et réessayer ? Nous surveillons de notre côté.",
    ),
    "training": (
        "Voici le tutoriel pas à pas, et je vous propose un créneau jeudi.",
        "L’option se trouve dans Réglages, puis Modèles.",
    ),
    "delivery": (
        "Le transporteur confirme une remise sous deux jours. Toutes nos excuses.",
        "Nous réexpédions l’article manquant à nos frais.",
    ),
    "feature_request": (
        "Merci pour l’idée, je la transmets à l’équipe produit.",
        "C’est prévu ; je vous préviendrai à la sortie.",
    ),
    "cancellation": (
        "Je vous rappelle pour faire le point ensemble.",
        "Voici les dates de votre contrat ; parlons de ce qui vous manque.",
    ),
}
GREETINGS = ("Bonjour, merci pour votre message.", "Bonjour,", "Bonjour, je prends votre demande en charge.")
SORRY = ("Je suis désolé pour l’attente.", "Toutes nos excuses pour ce délai.")
THANKS = (
    "Merci, c’est réglé.",
    "Parfait, merci pour votre réactivité !",
    "Bien reçu, merci.",
    "C’est bon de notre côté.",
)
REMINDERS = (
    "Je me permets de relancer, nous n’avons pas de nouvelles.",
    "Avez-vous pu regarder ?",
    "Toujours rien de notre côté, merci de faire le nécessaire.",
)
REOPENINGS = (
    "Le problème est revenu ce matin.",
    "Ce n’est malheureusement pas réglé.",
    "Nous rouvrons la demande : même souci qu’avant.",
)
COMMENTS = {
    1: ("Très déçu, trop long.", "Aucune solution, je ne recommande pas.", "Il a fallu relancer quatre fois."),
    2: ("Réponse tardive.", "Peu satisfait du suivi.", "Le problème n’est résolu qu’à moitié."),
    3: ("Correct, sans plus.", "Réponse claire mais un peu lente.", "Moyen."),
    4: ("Bon suivi, merci.", "Satisfait dans l’ensemble.", "Équipe à l’écoute."),
    5: ("Excellent, très rapide !", "Parfait, agent très compétent.", "Un grand merci à toute l’équipe."),
}
REPORTS = (
    "Intervention sur {x}. Niveau d’huile fait, resserrage des fixations, essai en charge concluant.",
    "Remplacement effectué sur {x}. Machine remise en service en présence du client.",
    "Contrôle annuel de {x} : usure normale, prévoir un remplacement des joints au prochain passage.",
    "{x} à l’arrêt à notre arrivée. Cause : capteur encrassé. Nettoyé, recalibré.",
)
REPORT_MOODS = (
    "Client satisfait, accueil cordial.",
    "Le chef d’atelier parle d’agrandir la ligne l’an prochain.",
    "Le client se plaint des délais de réponse du support.",
    "Le responsable a évoqué un concurrent, à suivre.",
    "Ambiance tendue : deux livraisons en retard ce trimestre.",
    "RAS.",
)
FEATURE_NAMES = (
    "Tableau de bord",
    "Rapports",
    "Alertes",
    "Application mobile",
    "Exports",
    "API",
    "Planification de maintenance",
)
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
