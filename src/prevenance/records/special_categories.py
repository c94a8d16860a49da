"""Recognise what the law protects most: Article 9 data, offences (Art. 10) and national numbers (Art. 87).

Two questions, in French and English: does the *name* of a column announce such data, and do *words that people wrote*
hold some? The patterns are written in the dialect that Python and the engines share. Innocent phrases - a company's
financial health, a syndicate of co-owners, customer orientation - are taken out first, as no engine can look around.
"""

import re
import unicodedata

import ibis
import ibis.expr.types as ir

from prevenance.kit.words import Words

NATIONAL_NUMBER = "national_number"
SPECIAL_CATEGORIES: dict[str, Words] = {
    "health": Words(fr="santé", en="health"),
    "religion": Words(fr="religion ou convictions", en="religion or beliefs"),
    "politics": Words(fr="opinions politiques", en="political opinions"),
    "union": Words(fr="appartenance syndicale", en="trade-union membership"),
    "sexual_life": Words(fr="vie ou orientation sexuelle", en="sexual life or orientation"),
    "origin": Words(fr="origine raciale ou ethnique", en="racial or ethnic origin"),
    "biometrics": Words(fr="données génétiques ou biométriques", en="genetic or biometric data"),
    "offences": Words(fr="infractions et condamnations", en="offences and convictions"),
    NATIONAL_NUMBER: Words(fr="numéro de sécurité sociale", en="social security number"),
}


def _any(alternatives: str) -> str:
    """Return a pattern of alternatives that are written over several lines."""
    return "|".join(line.strip() for line in alternatives.strip().splitlines())


_INNOCENT_NAME = _any(r"""
    (health|sante)_(score|check|status|financiere|compte|client|account)
    (account|customer|system|service|machine)_health|score_(de_)?sante|sante_(du|des|de_l|financiere)_?[a-z]*
    syndic(at)?_(de_)?copropriete|orientation_(client|page|ecran|scolaire)
    (page|screen|print|image)_orientation|assurance_(vehicule|auto|habitation)
""")
_NAMES = {
    "health": _any(r"""
        health|sante|medical|medecin|maladie|disease|illness|diagnos|handicap|disabilit|patholog|allerg
        grossesse|pregnan|groupe_sanguin|blood_(type|group)|mutuelle|arret_maladie|sick_leave|invalidite|rqth
    """),
    "religion": _any(r"""
        religio|confession|croyance|belief|(^|_)culte|philosoph
    """),
    "politics": _any(r"""
        politi(que|cal)_?(opinion|party|view|affiliation)?$|opinions?_politi|parti_politi|vote_intention
        intention_de_vote
    """),
    "union": _any(r"""
        syndicat|syndical|syndique|trade_?union|union_member
    """),
    "sexual_life": _any(r"""
        orientation(_sexuelle)?$|sexual|sexuel|vie_sexuelle|(^|_)lgbt
    """),
    "origin": _any(r"""
        ethni|(^|_)race$|racial|origine_(raciale|ethnique)|skin_colou?r|couleur_de_peau
    """),
    "biometrics": _any(r"""
        biometri|empreinte_(digitale|vocale)|fingerprint_(image|template)|genetic|genetique|(^|_)adn$
        (^|_)dna$|face_?print
    """),
    "offences": _any(r"""
        casier_judiciaire|condamnation|criminal_record|conviction_penale|infraction_penale
    """),
    NATIONAL_NUMBER: _any(r"""
        (^|_)nir$|secu(rite)?_?sociale|num(ero)?_(de_)?secu|social_security|(^|_)ssn$|national_insurance
        (^|_)nino$|insee_personne
    """),
}
_INNOCENT_TEXT = _any(r"""
    sante (financiere|economique|du (compte|serveur|systeme|marche|parc|projet)|de (l.entreprise|la societe|la machine))
    (a (votre|ta|la) sante)|(financial|account|system|server|machine|project) health|health (check|score)
    malade(s)? de (rire|travail)
    syndicats? (de (la )?copropriet\w*|des coproprietaires|mixte\w*|des eaux|d.initiative|intercommunal\w*)
    orientation (client|produit|de (la )?page)|politique (de|des|d.) ?\w+
    politique (commerciale|tarifaire|interne|rh|qualite)|(privacy|pricing|return|refund|company) policy
    religieusement|religiously|race condition|handicap(e|ant)? (par|pour) (la|le|l.|notre|votre)
    (machine|serveur|presse|pompe|disque|imprimante) (est )?(malade|en convalescence)
    allergi(que|c) (aux?|to) (reunions?|meetings?|excel)
""")
_TEXTS = {
    "health": _any(r"""
        cancer|chimiotherapie|chemotherapy|diabet\w+|depression nerveuse|burn.?out|grossesse
        (est|suis|femme) enceinte|pregnan\w+|(en situation de|travailleur) handicap\w*|handicapee?s?
        arret (de travail|maladie)|arrete?e? maladie|sick leave|conge maternite|maternity leave|hospitalis\w+
        hospitali[sz]ed|surgery|maladie|malade|my illness|diagnos(ed with|tique) \w+|sero?positi\w+|hiv
        allergi\w+|epilep\w+|mi-temps therapeutique|traitement medical|medical (condition|treatment|leave)
        raisons? de sante|health reasons?|problemes? de sante|health problems?|mon medecin|my doctor
        invalidite|rqth|disabled
    """),
    "religion": _any(r"""
        catholi(que|c)|protestant\w*|musulman\w*|muslim|islam\w*|jui(f|ve)s?|jewish|bouddhist\w*|buddhist
        temoins? de jehovah|ramadan|shabbat|sabbath|careme|religi(on|eu\w*|ous)|pratiquante?|kasher|casher
        kosher|halal|athee|atheist
    """),
    "politics": _any(r"""
        opinions? politiques?|political (opinion|view)s?|militante? (du|de la|au|pour|politique)\w*
        vote (a|pour) (gauche|droite|le front|la gauche|la droite)
        member of the (labour|conservative|democratic|republican) party
        adherente? (du|au|de la) (parti|ps|rn|lfi|pcf|modem|npa)|parti politique
    """),
    "union": _any(r"""
        syndique?e?s?|delegue?e? syndical\w*|representante? syndical\w*
        adherente? (de |a )?(la )?(cgt|cfdt|fo|cftc|cgc|unsa|sud)|(cgt|cfdt|cftc|cfe.cgc|unsa)|trade union
        union (member|representative|rep|delegate)|shop steward|syndicat
    """),
    "sexual_life": _any(r"""
        orientation sexuelle|sexual orientation|homosexuel\w*|homosexual|lesbienne|lesbian|bisexuel\w*
        bisexual|transgenre|transgender|vie sexuelle
    """),
    "origin": _any(r"""
        origine (ethnique|raciale)|ethnic (origin|background)
        d.origine (maghrebine|africaine|arabe|asiatique|antillaise|rom)|racial origin|peau (noire|mate)
        gens du voyage
    """),
    "biometrics": _any(r"""
        empreintes? digitales?|test adn|dna test|genetic test|test genetique|reconnaissance faciale de
        donnees biometriques|biometric data
    """),
    "offences": _any(r"""
        casier judiciaire|criminal record|condamnee? (a|pour) \w+|garde a vue|en prison|in prison
        bracelet electronique|convicted of
    """),
}
_NIR = r"\b[12][ .]?\d{2}[ .]?(0[1-9]|1[0-2]|[2-9]\d)[ .]?(\d{2}|2[ab])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}\b"
_OTHER_NUMBERS = r"\b([a-ceghj-pr-tw-z][a-ceghj-npr-tw-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d]|\d{3}-\d{2}-\d{4})\b"
_ACCENTED, _PLAIN = "àâäáéèêëíîïóôöúùûüçñ’", "aaaaeeeeiiiooouuuucn'"


def category_of_name(name: str) -> str | None:
    """Return the special category that the name of a column announces.

    Example:
        >>> [category_of_name(n) for n in ("État de santé", "N° sécurité sociale", "Orientation", "NIR", "Syndicat")]
        ['health', 'national_number', 'sexual_life', 'national_number', 'union']
        >>> [category_of_name(n) for n in ("account_health", "Syndicat de copropriété", "screen orientation")]
        [None, None, None]
    """
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    rest = re.sub(_INNOCENT_NAME, "", words)
    return next((category for category, pattern in _NAMES.items() if re.search(pattern, rest)), None)


def category_expr(text: ir.StringValue) -> ir.StringValue:
    """Return the special category that a text holds, for a whole column at once; null for none."""
    plain = text.lower().translate(_ACCENTED, _PLAIN)
    rest = plain.re_replace(_INNOCENT_TEXT, " ")
    branches = [(rest.re_search(rf"\b({pattern})\b"), category) for category, pattern in _TEXTS.items()]
    return ibis.cases(
        (_has_valid_nir_expr(plain) | plain.re_search(_OTHER_NUMBERS), NATIONAL_NUMBER),
        *branches,
        else_=ibis.null("string"),
    )


def _has_valid_nir_expr(plain: ir.StringValue) -> ir.BooleanValue:
    """Say whether a French social security number stands there: its key must be right."""
    found = plain.re_extract(_NIR, 0).re_replace(r"[ .]", "")
    # Corsica: 2A counts as 19 and 2B as 18.
    digits = found.replace("2a", "19").replace("2b", "18")
    number, key = digits.substr(0, 13).try_cast("int64"), digits.substr(13, 2).try_cast("int64")
    return ((97 - number % 97) == key).fill_null(False)
