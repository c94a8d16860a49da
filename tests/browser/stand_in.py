"""Stands in for the product behind the pages: a machine maker's morning, with long names, accents, hostile text."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from prevenance.intake import Line
from prevenance.kit.words import Words
from prevenance.records.answers import Refusal
from prevenance.records.ids import CustomerId, DecisionId, UserId
from prevenance.records.screens import (
    KINDS,
    LANES,
    ROLES,
    Check,
    Company,
    Confidence,
    ConsentLine,
    ContactPerson,
    CustomerLine,
    CustomerPage,
    CustomersFound,
    IdentityLink,
    LiveLine,
    Match,
    Matches,
    MatchSide,
    Member,
    Message,
    Prediction,
    Preferences,
    Proposal,
    Reason,
    Recipient,
    Rejection,
    Run,
    Signal,
    Snooze,
    Stage,
    TargetVerdict,
    TimelineEntry,
    TimelinePage,
    Today,
)

NOW = datetime(2026, 11, 2, 7, 12, tzinfo=UTC)
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
PASSWORD = "a long enough phrase"
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"

NAMES = [
    "Mécanique de précision Fauré & Fils",
    "Établissements Lœuillet – Chaudronnerie industrielle et maintenance du bassin de l’Authie",
    "Thornbury Packaging Ltd",
    f"Atelier {HOSTILE}",
    "Imprimerie Çelik",
    "Brasserie de l’Aÿ",
    "Hawthorne & Crake Joinery",
    "Fonderie Noël-Théodule",
    "SCEA Les Prés d’Août",
]
IDS = [CustomerId(4_100_000_000_000_000 + 97 * n) for n in range(len(NAMES))]


def w(fr: str, en: str) -> Words:
    return Words(fr=fr, en=en)


def _proposal(n: int, kind: str, title: Words, suggestion: Words, reasons: list[Words], **more: object) -> Proposal:
    facts: dict[str, object] = {
        "decision_id": DecisionId(f"d{n:04d}"),
        "kind": kind,
        "customer_id": IDS[n % len(IDS)],
        "customer_name": NAMES[n % len(NAMES)],
        "title": title,
        "suggestion": suggestion,
        "reasons": tuple(reasons),
        "confidence": w(
            "Sur 58 clients signalés ainsi, 41 ont résilié dans les 90 jours.",
            "Of 58 customers flagged like this, 41 cancelled within 90 days.",
        ),
        "measured_precision": 41 / 58,
        "channel": "phone",
        "consent": "permitted",
        "consent_words": w(
            "Intérêt légitime : client sous contrat, aucune opposition enregistrée.",
            "Legitimate interest: customer under contract, no objection on record.",
        ),
        "as_of": AS_OF,
        "value": Decimal("18400.00"),
        "due_on": date(2026, 11, 6),
        "legal_basis": "RGPD art. 6(1)(f)",
        "content_hash": f"hash-{n}",
    }
    return Proposal(**{**facts, **more})  # type: ignore[arg-type]  # facts of a test, as a table


def proposals() -> list[Proposal]:
    falling = w("Activité en baisse", "Activity falling")
    return [
        _proposal(
            0,
            "risk",
            falling,
            w("Appeler Mme Fauré pour comprendre ce qui bloque", "Call Mrs Fauré to find out what is in the way"),
            [
                w("Connexions : 62 % de moins qu’en septembre", "Logins: 62% fewer than in September"),
                w("2 demandes rouvertes sur l’export comptable", "2 tickets reopened about the accounting export"),
                w("Renouvellement dans 47 jours", "Renewal in 47 days"),
            ],
            is_key_account=True,
            contact_name="Éloïse Fauré",
        ),
        _proposal(
            1,
            "service",
            w("Fonction payée, jamais utilisée", "Paid feature, never used"),
            w(
                "Envoyer le tutoriel « Planifier ses arrêts de maintenance » à M. Lœuillet",
                "Send Mr Lœuillet the tutorial “Plan your maintenance stops”",
            ),
            [
                w(
                    "Le planificateur est payé depuis 5 mois, jamais ouvert",
                    "The planner was paid for 5 months, never opened",
                ),
                w(
                    "3 demandes en octobre y auraient trouvé réponse",
                    "3 tickets in October would have found their answer there",
                ),
            ],
            channel="email",
            measured_precision=0.83,
            confidence=w(
                "Sur 96 clients dans ce cas, 80 ont utilisé la fonction après le tutoriel.",
                "Of 96 customers in this case, 80 used the feature after the tutorial.",
            ),
            value=Decimal("2350.50"),
            due_on=date(2026, 11, 13),
            preview=Message(
                subject="Trois minutes pour planifier vos arrêts",
                body="Bonjour Monsieur Lœuillet,\n\nVotre abonnement comprend le planificateur d’arrêts. Ce court "
                "tutoriel montre comment l’installer en trois minutes.\n\nBien à vous,\nL’équipe Mécaléa",
            ),
            contact_name="Côme Lœuillet",
        ),
        _proposal(
            2,
            "opportunity",
            w("L’équipe grandit", "The team grows"),
            w("Proposer 5 licences supplémentaires à Mrs Thornbury", "Offer Mrs Thornbury 5 extra licences"),
            [
                w("7 nouveaux membres en 3 semaines", "7 new members in 3 weeks"),
                w("38 places utilisées sur 40", "38 of 40 seats used"),
            ],
            channel="email",
            language="en",
            measured_precision=0.45,
            confidence=w("Sur 120 équipes dans ce cas, 54 ont acheté.", "Of 120 teams in this case, 54 bought."),
            value=Decimal("6120.00"),
            consent="refused",
            consent_words=w(
                "Mrs Thornbury a refusé les offres par e-mail.", "Mrs Thornbury declined offers by e-mail."
            ),
            preview=Message(subject="Room for your new colleagues", body="Dear Mrs Thornbury,\n\nYour team has grown."),
        ),
        _proposal(
            3,
            "parts",
            w("Entretien proche", "Maintenance due"),
            w(f"Planifier l’entretien {HOSTILE}", f"Plan the maintenance {HOSTILE}"),
            [
                w(f"Presse P-220 : {HOSTILE}", f"Press P-220: {HOSTILE}"),
                w("Joint changé il y a 31 mois", "Seal changed 31 months ago"),
            ],
            measured_precision=None,
            confidence=w("Échéance connue, non prédite.", "A known date, not a prediction."),
            consent="undetermined",
            consent_words=w("Deux numéros se contredisent.", "Two numbers contradict each other."),
            problem=w("Numéro de téléphone à vérifier.", "Phone number to check."),
            value=None,
        ),
        _proposal(
            4,
            "risk",
            w("Paiements en retard", "Late payments"),
            w("Appeler M. Çelik pour convenir d’un échéancier", "Call Mr Çelik to agree on a schedule"),
            [w("3 factures payées avec plus de 20 jours de retard", "3 invoices paid over 20 days late")],
            measured_precision=0.31,
            confidence=w(
                "Sur 74 clients signalés ainsi, 23 sont partis.", "Of 74 customers flagged like this, 23 left."
            ),
            due_on=None,
        ),
        _proposal(
            5,
            "service",
            w("Notes en baisse", "Ratings falling"),
            w("Appeler Mme Aÿ après sa note de 2 sur 5", "Call Ms Aÿ after her rating of 2 out of 5"),
            [
                w("Notes : 5, puis 4, puis 2 en six semaines", "Ratings: 5, then 4, then 2 within six weeks"),
                w("Dernière livraison 9 jours en retard", "Last delivery 9 days late"),
            ],
            measured_precision=0.62,
            value=Decimal("940.00"),
        ),
    ]


SENTENCES = [
    ("usage", w("Connexion à Mécaléa Connect", "Logged in to Mécaléa Connect"), "product", None, None),
    (
        "conversation",
        w("Demande ouverte : Export comptable", "Ticket opened: Accounting export"),
        "helpdesk",
        f"Bonjour,\nl’export ne fonctionne plus depuis jeudi. {HOSTILE}\nMerci de nous rappeler.",
        "fr",
    ),
    (
        "money",
        w("Facture F-2091 payée : 1 240,00 €, 23 jours de retard", "Invoice F-2091 paid: €1,240.00, 23 days late"),
        "erp",
        None,
        None,
    ),
    ("machines", w("Entretien fait : presse P-220", "Maintenance done: press P-220"), "erp", None, None),
    (
        "conversation",
        w("Note donnée : 2 sur 5", "Rating given: 2 out of 5"),
        "survey",
        "The engineer was kind, but three weeks is too long.",
        "en",
    ),
    ("contact", w("E-mail envoyé : tutoriel", "E-mail sent: tutorial"), "prevenance", None, None),
]


def story(n: int = 90) -> list[TimelineEntry]:
    entries = []
    for index in range(n):
        lane, sentence, source, text, language = SENTENCES[index % len(SENTENCES)]
        at = AS_OF - timedelta(hours=7 + 17 * index)
        person = "Éloïse Fauré" if lane == "conversation" else None
        entries.append(TimelineEntry(f"e{index}", at, lane, sentence, source, person, text, language))  # type: ignore[arg-type]  # as above
    return entries


def customer_page(index: int, waiting: list[Proposal]) -> CustomerPage:
    measured = Confidence(0.41, 90, n_right=41, n_fired=58)
    return CustomerPage(
        customer_id=IDS[index],
        name=NAMES[index],
        is_account=True,
        email="contact@faure-precision.example",
        phone="+33 4 50 00 00 12",
        language="fr",
        city="Cluses",
        country="FR",
        segment="PME industrielle",
        owner="Amandine Roux",
        is_key_account=index == 0,
        customer_since=date(2023, 12, 4),
        people=(
            ContactPerson(
                "Éloïse Fauré", "eloise.faure@faure-precision.example", "+33 6 00 00 00 07", is_main_contact=True
            ),
            ContactPerson("Jean-Baptiste Vercoutter-Delahaye", "jb.vercoutter-delahaye@faure-precision.example"),
        ),
        identities=(
            IdentityLink("crm", "C-10042", w("même SIREN", "same SIREN"), None),
            IdentityLink("erp", "K10042", w("même SIREN", "same SIREN"), 1.0),
            IdentityLink("helpdesk", "org 8817", w("nom et domaine proches", "close name and domain"), 0.97),
        ),
        predictions=(
            Prediction(
                "churn",
                w("Va-t-il résilier son contrat ?", "Will they cancel their contract?"),
                AS_OF,
                "model",
                measured,
                low=0.29,
                high=0.54,
                reasons=(
                    Reason(w("Connexions en baisse de 62 % sur 4 semaines", "Logins down 62% over 4 weeks")),
                    Reason(w("2 demandes rouvertes ce mois-ci", "2 tickets reopened this month"), "up", 0.58),
                    Reason(w("Client depuis presque 3 ans", "A customer for almost 3 years"), "down", 0.79),
                ),
                has_card=True,
            ),
            Prediction(
                "next_purchase",
                w("Va-t-il commander bientôt ?", "Will they order soon?"),
                AS_OF,
                "signals",
                Confidence(0.03, 30),
            ),
            Prediction(
                "silent_attrition",
                w("S’éloigne-t-il en silence ?", "Are they drifting away in silence?"),
                AS_OF,
                "abstain",
                Confidence(None, None),
                abstention=w(
                    "Moins de 12 mois d’historique : pas de chiffre honnête.",
                    "Under 12 months of history: no honest figure.",
                ),
            ),
        ),
        signals=(
            Signal(
                "activity_drop",
                w("Connexions : 62 % de moins en 4 semaines", "Logins: 62% fewer in 4 weeks"),
                AS_OF,
                41,
                58,
            ),
            Signal("renewal_near", w("Renouvellement dans 47 jours", "Renewal in 47 days"), AS_OF),
        ),
        consents=(
            ConsentLine("email", "marketing", is_given=False, recorded_at=AS_OF - timedelta(days=210), source="crm"),
            ConsentLine("email", "service", is_given=True, recorded_at=AS_OF - timedelta(days=900), source="crm"),
            ConsentLine("phone", "service", is_given=None),
        ),
        proposals=tuple(p for p in waiting if p.customer_id == IDS[index]),
        segments=(
            (
                w("Étape de la relation", "Stage of the relation"),
                w("en retrait : deux fois moins actif qu’auparavant", "fading: half as active as before"),
            ),
            (
                w("Usage du produit sur 12 semaines", "Use of the product over 12 weeks"),
                w(f"surtout {HOSTILE}", f"mainly {HOSTILE}"),
            ),
        ),
    )


def _stage(name: str, fr: str, en: str, **facts: object) -> Stage:
    return Stage(name, w(fr, en), **{"state": "done", **facts})  # type: ignore[arg-type]  # as above


def runs() -> tuple[Run, ...]:
    stages = (
        _stage(
            "sources",
            "Sources",
            "Sources",
            seconds=11.42,
            rows_in=1_284_310,
            rows_out=1_283_977,
            rows_new=4_218,
            n_quarantined=333,
        ),
        _stage("audit", "Audit", "Audit", seconds=6.05, rows_in=1_283_977, rows_out=41, rows_new=41),
        _stage("identity", "Identité", "Identity", seconds=14.9, rows_in=2_318, rows_out=1_004, rows_new=3),
        _stage(
            "features", "Caractéristiques", "Features", seconds=21.3, rows_in=1_283_977, rows_out=36_020, rows_new=1_004
        ),
        _stage("models", "Prédictions", "Predictions", seconds=48.77, rows_in=36_020, rows_out=3_012, rows_new=3_012),
        _stage(
            "decisions",
            "Décisions",
            "Decisions",
            seconds=2.1,
            rows_in=3_012,
            rows_out=6,
            rows_new=6,
            message=w(
                "10 % des clients tirés au sort ne sont pas contactés",
                "10% of customers drawn by lot are not contacted",
            ),
        ),
        _stage("outcomes", "Résultats", "Outcomes", state="skipped", seconds=0.3),
    )
    targets = (
        TargetVerdict(
            "churn",
            w("Va-t-il résilier son contrat ?", "Will they cancel their contract?"),
            "models",
            w("36 mois d’historique, 1 004 clients.", "36 months of history, 1,004 customers."),
            auc=0.84,
            auc_low=0.81,
            auc_high=0.87,
            baseline_auc=0.71,
            n_right=41,
            n_fired=58,
            has_card=True,
        ),
        TargetVerdict(
            "silent_attrition",
            w("S’éloigne-t-il en silence ?", "Are they drifting away in silence?"),
            "signals_only",
            w("212 clients sans contrat ; il en faut 1 000.", "212 customers without contract; it takes 1,000."),
        ),
        TargetVerdict(
            "next_purchase",
            w("Va-t-il commander bientôt ?", "Will they order soon?"),
            "not_enough",
            w("7 mois d’historique ; il en faut 12.", "7 months of history; it takes 12."),
        ),
    )
    latest = Run(
        "r20261101", AS_OF, "done", NOW - timedelta(hours=1, minutes=12), NOW - timedelta(hours=1, minutes=10),
        stages, targets, n_acted=6, n_held_out=2, n_waiting=11, has_audit=True,
    )  # fmt: skip
    failed = tuple(
        replace(stage, state="failed" if n == 2 else "waiting" if n > 2 else "done") for n, stage in enumerate(stages)
    )
    before = replace(
        latest, run_id="r20261031", state="failed", started_at=NOW - timedelta(days=1), finished_at=None, stages=failed,
        targets=(), n_acted=None, has_audit=False,
    )  # fmt: skip
    return latest, before


REPORT = (
    "<!doctype html><html lang='en'><head><title>Audit</title><style>h1 { color: rgb(1, 2, 3); }</style></head>"
    f"<body><main><h1>Audit</h1><p>{HOSTILE}</p></main></body></html>"
)


LINKS = {"0f" * 16: "en", "1e" * 16: "fr"}  # opt-out links by token, with their holder's language


def side(subject: str, name: str, phone: str, city: str) -> MatchSide:
    return MatchSide(
        subject, subject.partition(":")[0], name, ((w("Téléphone", "Phone"), phone), (w("Ville", "City"), city))
    )


PAIRS = tuple(
    Match(
        left=side("crm:C10", NAMES[place], "+33 4 72 00 00 01", "L’Haÿ-les-Roses"),
        right=side(f"erp:K{place}", NAMES[place].upper(), "+33 4 72 00 00 01", "L'HAY LES ROSES"),
        is_account=place == 0,
        reason=w("Ces deux fiches se ressemblent.", "These two records look alike."),
        agreement=(
            (w("concordent", "agree"), (w("téléphone", "phone"), w("nom", "name"))),
            (w("diffèrent", "differ"), (w("code postal", "postcode"),)),
        ),
        probability=0.97 - place / 10,
    )
    for place in (0, 3)
)


@dataclass
class StandIn:
    """Keeps the promises of `Services` in memory, for one test."""

    queue: list[Proposal] = field(default_factory=proposals)
    is_practice: bool = True
    has_run: bool = True
    is_ready: bool = True
    refusal: Refusal | None = None
    sessions: dict[str, UserId] = field(default_factory=dict)
    preferences: dict[str, Preferences] = field(default_factory=dict)
    verbs: list[tuple[object, ...]] = field(default_factory=list)
    n_authentications: int = 0
    stopped: dict[str, str] = field(default_factory=dict)
    answered: dict[tuple[str, str], tuple[bool, str]] = field(default_factory=dict)

    def company(self) -> Company:
        hint = w(
            f"Pour essayer : agent@mecalea.example, « {PASSWORD} ».", f"To try it: agent@mecalea.example, “{PASSWORD}”."
        )
        return Company("Mécaléa", is_practice=self.is_practice, login_hint=hint if self.is_practice else None)

    def readiness(self) -> tuple[Check, ...]:
        return Check("ledger", is_ready=True), Check("lake", is_ready=self.is_ready)

    def intake_books(self) -> tuple[Line, ...]:
        return ()

    def live_hits(self) -> tuple[LiveLine, ...]:
        return ()

    def matches(self, *, limit: int) -> Matches:
        waiting = tuple(pair for pair in PAIRS if (pair.left.subject, pair.right.subject) not in self.answered)
        return Matches(waiting[:limit], len(waiting))

    def answer_match(self, left: str, right: str, actor: UserId, *, is_same: bool, reason: str) -> None:
        self.answered[left, right] = (is_same, f"{actor}: {reason}")

    def member(self, role: str) -> Member:
        preferences = self.preferences.get(role, Preferences())
        return Member(UserId(role), f"{role.title()} Amandine Roux", f"{role}@mecalea.example", role, preferences)  # type: ignore[arg-type]  # as above

    def authenticate(self, email: str, password: str) -> Member | None:
        self.n_authentications += 1
        role = email.partition("@")[0]
        return self.member(role) if role in ROLES and password == PASSWORD else None

    def open_session(self, user_id: UserId, token_hash: str) -> None:
        self.sessions[token_hash] = user_id

    def session(self, token_hash: str) -> Member | None:
        found = self.sessions.get(token_hash)
        return self.member(found) if found else None

    def close_session(self, token_hash: str) -> None:
        self.sessions.pop(token_hash, None)

    def remember_preferences(self, user_id: UserId, preferences: Preferences) -> None:
        self.preferences[user_id] = preferences

    def today(self, kind: str | None) -> Today:
        waiting = [p for p in self.queue if p.status == "proposed"] if self.has_run else []
        counts = Counter(p.kind for p in waiting)
        n_calls = 12 + sum(p.status == "approved" and p.channel == "phone" for p in self.queue)
        shown = tuple(p for p in waiting if kind in (None, p.kind))
        return Today(
            AS_OF if self.has_run else None, shown, {k: counts[k] for k in KINDS}, n_calls, 20,
            NOW + timedelta(days=1), self.has_run,
        )  # fmt: skip

    def proposal(self, decision_id: DecisionId) -> Proposal | None:
        return next((p for p in self.queue if p.decision_id == decision_id), None)

    def approve(self, decision_id: DecisionId, actor: UserId, *, content_hash: str) -> Proposal | Refusal:
        return self._decide("approve", decision_id, actor, content_hash, status="approved")

    def reject(self, decision_id: DecisionId, actor: UserId, rejection: Rejection) -> Proposal | Refusal:
        return self._decide("reject", decision_id, actor, rejection, status="rejected")

    def snooze(self, decision_id: DecisionId, actor: UserId, snooze: Snooze) -> Proposal | Refusal:
        return self._decide("snooze", decision_id, actor, snooze, status="snoozed", snoozed_until=snooze.until)

    def undo(self, decision_id: DecisionId, actor: UserId) -> Proposal | Refusal:
        return self._decide("undo", decision_id, actor, None, status="proposed", may_undo=False)

    def _decide(
        self, verb: str, decision_id: DecisionId, actor: UserId, detail: object, **change: object
    ) -> Proposal | Refusal:
        if self.refusal is not None:
            return self.refusal
        self.verbs.append((verb, decision_id, actor, detail))
        index = next(n for n, p in enumerate(self.queue) if p.decision_id == decision_id)
        facts = {"may_undo": True, "decided_by": self.member(actor).name, "decided_at": NOW, **change}
        self.queue[index] = replace(self.queue[index], **facts)  # type: ignore[arg-type]  # as above
        return self.queue[index]

    def search_customers(self, text: str, *, limit: int) -> CustomersFound:
        lines = tuple(
            CustomerLine(
                IDS[n],
                name,
                True,
                "Cluses",
                "PME industrielle",
                n == 0,
                date(2023, 12, 4),
                sum(p.customer_id == IDS[n] and p.status == "proposed" for p in self.queue),
            )
            for n, name in enumerate(NAMES)
            if text.casefold() in name.casefold()
        )
        return CustomersFound(lines[:limit], len(lines))

    def customer(self, customer_id: CustomerId) -> CustomerPage | None:
        return customer_page(IDS.index(customer_id), self.queue) if customer_id in IDS else None

    def timeline(
        self, customer_id: CustomerId, *, lane: str | None, before: datetime | None, limit: int
    ) -> TimelinePage:
        entries = [e for e in story() if lane in (None, e.lane) and (before is None or e.occurred_at < before)]
        counts = Counter(e.lane for e in story())
        more = entries[limit - 1].occurred_at if len(entries) > limit else None
        return TimelinePage(tuple(entries[:limit]), {name: counts[name] for name in LANES}, more)

    def recipient(self, token: str) -> Recipient | None:
        if token not in LINKS:
            return None
        has_all = self.stopped.get(token) == "all"
        return Recipient("a•••@e•••.com", LINKS[token], True, token in self.stopped, has_all)  # type: ignore[arg-type]  # as above

    def stop_messages(self, token: str, scope: str) -> bool:
        if token in LINKS:
            self.stopped[token] = scope
        return token in LINKS

    def runs(self, *, limit: int) -> tuple[Run, ...]:
        return runs()[:limit] if self.has_run else ()

    def audit_report(self, run_id: str, language: str) -> str | None:
        return REPORT if run_id == "r20261101" else None

    def model_card(self, target: str, language: str) -> str | None:
        return REPORT if target == "churn" else None
