"""Made-up people and companies."""

from __future__ import annotations

PEOPLE = (
    ("Astrid Halden", "owner", "Founder", "Lead", True), ("Jon Vega", "admin", "Operations", "Lead", False),
    ("Lena Moreau", "leadership", "Managing director", "Lead", False), ("Fay Lindqvist", "finance", "Finance", "Lead", False),
    ("Mara Klein", "sales", "Account executive", "Sales", True), ("Jonas Ode", "sales", "Account executive", "Sales", False),
    ("Sofia Pinto", "sales", "Account executive", "Sales", False), ("Rui Dias", "sales", "Account executive", "Sales", False),
    ("Livia Voss", "sales", "Account executive", "Sales", False), ("Max Ahrens", "marketing", "Marketing", "Sales", False),
    ("Tom Brandt", "project_manager", "Head of delivery", "Delivery", True),
    ("Aylin Nowak", "project_manager", "Project manager", "Delivery", False),
    ("Noor Haddad", "member", "Front-end developer", "Delivery", False), ("Ines Sato", "member", "Creative director", "Delivery", False),
    ("Peer Olsen", "member", "Developer", "Delivery", False), ("Clara Weiss", "member", "Designer", "Delivery", False),
    ("Emil Rask", "member", "Designer", "Delivery", False), ("Yara Costa", "member", "Strategist", "Delivery", False),
    ("Hugo Lang", "member", "Consultant", "Delivery", False), ("Mina Farahani", "member", "Consultant", "Delivery", False),
    ("Oskar Blum", "member", "Editor", "Delivery", False), ("Freya Dahl", "member", "Media buyer", "Delivery", False),
    ("Ivo Marek", "member", "Developer", "Delivery", False), ("Petra Simic", "member", "Quality engineer", "Delivery", False),
    ("Theo Grand", "member", "Developer", "Delivery", False),
)

COMPANIES = (
    ("Northwind Robotics", "Robotics", "Germany"), ("Brightwater Clinics", "Health", "Netherlands"), ("Marlowe Hotels", "Travel", "France"),
    ("Juniper Schools", "Education", "Germany"), ("Orchard Retail", "Retail", "Belgium"), ("Delft Optics", "Manufacturing", "Netherlands"),
    ("Vela Dental", "Health", "Spain"), ("Pike Logistics", "Logistics", "Germany"), ("Harbor Legal", "Legal", "Ireland"),
    ("Iveta Cosmetics", "Retail", "Czechia"), ("Kestrel Air", "Travel", "Portugal"), ("Tern Maritime", "Logistics", "Denmark"),
    ("Quill Publishing", "Media", "Austria"), ("Fjord Outdoor", "Retail", "Norway"), ("Solstice Solar", "Energy", "Spain"),
    ("Nova Pharma", "Health", "Switzerland"), ("Alder Insurance", "Finance", "Germany"), ("Basalt Construction", "Construction", "Austria"),
    ("Cobalt Bank", "Finance", "Luxembourg"), ("Dune Furniture", "Manufacturing", "Italy"), ("Ember Kitchens", "Manufacturing", "Germany"),
    ("Falcon Security", "Services", "France"), ("Glacier Foods", "Food", "Sweden"), ("Hazel Care", "Health", "Germany"),
    ("Indigo Textiles", "Manufacturing", "Portugal"), ("Jasper Mining", "Energy", "Finland"), ("Kite Mobility", "Transport", "Germany"),
    ("Larch Timber", "Manufacturing", "Sweden"), ("Meadow Dairy", "Food", "Netherlands"), ("Nimbus Telecom", "Telecom", "Belgium"),
    ("Onyx Watches", "Retail", "Switzerland"), ("Pearl Museums", "Culture", "France"), ("Quartz Labs", "Science", "Germany"),
    ("Raven Games", "Media", "Poland"), ("Sable Fashion", "Retail", "Italy"), ("Tidal Power", "Energy", "Ireland"),
    ("Umber Ceramics", "Manufacturing", "Spain"), ("Violet Theatre", "Culture", "Austria"), ("Willow Homes", "Real estate", "Germany"),
    ("Yarrow Seeds", "Agriculture", "Denmark"),
)

FIRST = ("Hanne", "Peer", "Ines", "Luc", "Greta", "Marco", "Nadia", "Olaf", "Paula", "Rik", "Salma", "Tariq", "Ulla", "Viktor",
         "Wanda", "Yusuf", "Zoe", "Bram", "Carla", "Dario")
LAST = ("Dahl", "Krohn", "Sato", "Bernard", "Lund", "Rossi", "Petrov", "Jansen", "Meyer", "Costa", "Novak", "Silva", "Fischer",
        "Laurent", "Berg", "Koch", "Ricci", "Vermeer", "Horvat", "Moretti")
TITLES = ("Head of Digital", "CFO", "IT lead", "Managing director", "Head of Marketing", "Sales director", "COO", "Brand manager")

DEALS = {
    "Website build": ("Website replatform", "Shop relaunch", "Careers site", "Product pages", "Investor site"),
    "CRM rollout": ("CRM rollout phase 1", "Sales process", "Data migration", "Service desk"),
    "Brand system": ("Rebrand", "Packaging line", "Tone of voice", "Brand system"),
    "Paid media": ("Launch campaign", "Lead campaign", "Search ads"),
    "Support retainer": ("Support retainer", "Care plan"),
}
ACTIONS = (
    ("call", "Call procurement"), ("email", "Send case study"), ("meeting", "Demo with the board"), ("proposal", "Send revised scope"),
    ("document", "Write statement of work"), ("call", "Check in by phone"), ("email", "Price the options"), ("call", "Call on budget"),
)
NOTES = (
    ("call", "Budget is approved up to the number we named. Wants payment in three parts: 30 / 40 / 30."),
    ("email", "Option B works for us. Can you split out the support cost before we sign?"),
    ("meeting", "Discovery workshop with five people. Legal must see every public page; that takes them five working days."),
    ("note", "They compare us with one other studio. The trade fair date does not move."),
    ("call", "Prefers short e-mails with numbers. Do not call before ten."),
    ("meeting", "Walked through the estimate. The configurator is the risk; a fixed feature list would help."),
)
REPLY = "Here are both prices, with and without support. The second page compares them year by year."
LOST = ("Chose a cheaper offer", "Project stopped by the board", "No answer for two months", "Does it in house")
