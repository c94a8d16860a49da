"""What English-speaking customers and agents write; {x} stands for the thing spoken of."""

SUBJECTS = {
    "billing": ("Question about my invoice", "Billing error", "Invoice for {x}", "Charged twice?"),
    "breakdown": ("{x} has broken down", "{x} stopped", "Machine fault", "Urgent visit needed: {x}"),
    "part_order": ("Spare part order", "Availability: {x}", "Part number for {x}", "We need a spare part"),
    "login": ("Cannot log in", "Account locked", "Password rejected", "Unusual activity on our account"),
    "slowness": ("Slow since this morning", "The app is crawling", "{x} very slow", "Loading times"),
    "training": ("How do I use {x}?", "Training request", "Getting started", "Question about {x}"),
    "delivery": ("Late delivery", "Where is my order?", "Parcel not received", "Delay: {x}"),
    "feature_request": ("Suggestion", "Improvement for {x}", "Idea for {x}", "Missing feature"),
    "cancellation": (
        "End of contract",
        "Thinking about what comes next",
        "Cancellation terms",
        "Notice period of the {x} plan",
    ),
}
OPENINGS = ("Hello,", "Hi there,", "Dear team,", "Good morning,", "Hi,", "Hello Mécaléa,")
PROBLEMS = {
    ("billing", "calm"): (
        "I do not understand the amount on the {x} invoice: it is higher than usual.",
        "Could you send me a copy of the {x} invoice?",
        "The VAT on the {x} invoice does not match our quote.",
        "Our billing address has changed, please update it before the {x} due date.",
        "It looks as if the same service was billed twice in {x}.",
    ),
    ("billing", "annoyed"): (
        "This is the second time you have billed us for a {x} order that never arrived.",
        "The {x} invoice is wrong again, despite two e-mails from me. This is not good enough.",
        "We were charged twice in {x} and nobody replies.",
    ),
    ("breakdown", "calm"): (
        "Our {x} stops after ten minutes with a red light.",
        "The {x} has been making an odd noise near the spindle since yesterday.",
        "Pressure drops now and then on the {x}, which slows production.",
        "After a power cut the {x} will not start again.",
        "There is an oil leak under the {x}.",
    ),
    ("breakdown", "annoyed"): (
        "The {x} is down again, for the third time this month. The whole line is waiting.",
        "Your technician came, and the {x} failed again the very next day.",
        "We are losing a day of production because of the {x}. This is unacceptable.",
    ),
    ("part_order", "calm"): (
        "We need a part: {x}. Is it in stock?",
        "What is the lead time for the {x}?",
        "Can you confirm the part number of this item: {x}?",
        "Please send a quote for two units: {x}.",
    ),
    ("part_order", "annoyed"): (
        "I am still waiting for the quote ({x}) that I asked for ten days ago.",
        "You sent us the wrong part instead of the {x}. It must be replaced quickly.",
    ),
    ("login", "calm"): (
        "I can no longer log in, my password is rejected.",
        "My account is locked after several attempts.",
        "A colleague has left, could you remove his access and create mine?",
        "We noticed logins at night that nobody here made.",
        "The reset link never reaches my inbox.",
    ),
    ("login", "annoyed"): (
        "I have been unable to log in for three days and still no answer.",
        "Somebody logged in to our account in the middle of the night and you did not even warn us!",
    ),
    ("slowness", "calm"): (
        "The “{x}” page takes more than a minute to load.",
        "The application is very slow in the morning, above all the “{x}” screen.",
        "We keep getting error messages in “{x}”.",
        "The data in “{x}” no longer updates.",
    ),
    ("slowness", "annoyed"): (
        "Yet another error in “{x}”. Honestly, we are wasting so much time.",
        "“{x}” has been unusable for a week. My team is back on spreadsheets.",
    ),
    ("training", "calm"): (
        "How do I create a template in “{x}”?",
        "Is there a tutorial for “{x}”? Two new colleagues have just joined.",
        "I would like to book remote training on “{x}”.",
        "I am new to “{x}” and cannot find how to switch it on.",
    ),
    ("training", "annoyed"): (
        "The documentation of “{x}” is out of date, I lost my whole morning.",
        "We were promised training on “{x}” and nothing came of it.",
    ),
    ("delivery", "calm"): (
        "Our order ({x}) has not arrived yet. Can you tell us where it is?",
        "The carrier announces a delay, do you have a new date for this order ({x})?",
        "One item is missing from the parcel we received yesterday: {x}.",
    ),
    ("delivery", "annoyed"): (
        "Order promised for last week ({x}), still nothing. Our workshop is stuck.",
        "Another late delivery ({x}). We cannot go on working like this.",
    ),
    ("feature_request", "calm"): (
        "It would be handy to export “{x}” automatically every Monday.",
        "Could you add a filter by workshop in “{x}”?",
        "We would like to get the “{x}” data through the API.",
    ),
    ("feature_request", "annoyed"): (
        "We have been asking for sorting by date in “{x}” for a year. Your competitors have it.",
    ),
    ("cancellation", "calm"): (
        "Could you remind us of the end date and notice period of our {x} plan?",
        "We are reviewing our spending and are not sure about keeping the {x} plan.",
        "How do we get our data back if we do not renew the {x} plan?",
    ),
    ("cancellation", "annoyed"): (
        "Given the last few months, we are thinking of cancelling the {x} plan.",
        "We are comparing with another supplier: the {x} plan does not keep its promises.",
    ),
}
DETAILS = (
    "",
    "",
    "",
    "It started on Monday.",
    "I attached a screenshot.",
    "My colleague has the same issue.",
    "We tried restarting, to no avail.",
    "This is rather urgent for us.",
    "You can call me back in the afternoon.",
    "Let me know what you need from us.",
)
CLOSINGS = (
    "Thanks in advance.",
    "Kind regards,",
    "Best wishes,",
    "Thank you for your help.",
    "Looking forward to hearing from you.",
)
REPLIES = {
    "billing": (
        "I have checked your invoice: here is the corrected version.",
        "The amount includes an adjustment, explained in the attachment.",
    ),
    "breakdown": (
        "A technician will come as soon as possible; meanwhile please check the oil level.",
        "From what you describe it is a worn seal. We are sending one.",
    ),
    "part_order": ("The part is in stock, we ship it tomorrow.", "Please find the quote attached."),
    "login": (
        "Your access is restored, a new link is on its way.",
        "We closed the suspicious sessions and reset the passwords.",
    ),
    "slowness": (
        "We found a query that was too slow; the fix is live.",
        "Could you clear the cache and try again? We are watching on our side.",
    ),
    "training": (
        "Here is the step-by-step tutorial, and I suggest a call on Thursday.",
        "You will find the option under Settings, then Templates.",
    ),
    "delivery": (
        "The carrier confirms delivery within two days. Our apologies.",
        "We are sending the missing item again at our expense.",
    ),
    "feature_request": (
        "Thank you for the idea, I have passed it on to the product team.",
        "It is planned; I will let you know when it is out.",
    ),
    "cancellation": (
        "I will call you so that we can go through it together.",
        "Here are your contract dates; let us talk about what is missing.",
    ),
}
GREETINGS = ("Hello, thank you for your message.", "Hello,", "Hello, I am taking care of your request.")
SORRY = ("I am sorry for the wait.", "Our apologies for the delay.")
THANKS = (
    "Thank you, that is sorted.",
    "Perfect, thanks for the quick reply!",
    "Received, thank you.",
    "All good on our side.",
)
REMINDERS = (
    "Just following up, we have not heard back.",
    "Have you had a chance to look?",
    "Still nothing on our side, please see to it.",
)
REOPENINGS = (
    "The problem came back this morning.",
    "Unfortunately this is not solved.",
    "We are reopening this: same issue as before.",
)
COMMENTS = {
    1: ("Very disappointed, far too long.", "No solution, I would not recommend.", "I had to chase four times."),
    2: ("Late answer.", "Not really happy with the follow-up.", "The problem is only half solved."),
    3: ("Fine, nothing more.", "Clear answer but a bit slow.", "Average."),
    4: ("Good follow-up, thanks.", "Satisfied overall.", "The team listens."),
    5: ("Excellent, very quick!", "Perfect, very competent agent.", "Many thanks to the whole team."),
}
REPORTS = (
    "Visit for the {x}. Oil topped up, fixings tightened, load test passed.",
    "Part replaced on the {x}. Machine back in service with the customer present.",
    "Yearly check of the {x}: normal wear, plan to replace the seals next time.",
    "{x} down on arrival. Cause: dirty sensor. Cleaned and recalibrated.",
)
REPORT_MOODS = (
    "Customer satisfied, friendly welcome.",
    "The foreman talks of extending the line next year.",
    "The customer complains about support response times.",
    "The manager mentioned a competitor, worth following up.",
    "Tense mood: two late deliveries this quarter.",
    "Nothing to report.",
)
FEATURE_NAMES = ("Dashboard", "Reports", "Alerts", "Mobile app", "Exports", "API", "Maintenance planner")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
