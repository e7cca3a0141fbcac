"""What other products and other languages call our fields. Headers are compared as `words.header_key` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wonward.journeys.imports.rules.words import header_key

# A word for a record, as it stands before a field: "Deal owner", "Organization - Name".
_ENTITIES = {
    "deal": "deal | deals | opportunity | opportunities | oppty | opp | trato | negocio | negócio | affaire | affare | trattativa | "
            "opportunité | oportunidad | oportunidade | opportunità | obchod | geschäft | verkaufschance | szansa | affär | sale",
    "company": "company | companies | organization | organisation | account | client | customer | business | firma | unternehmen | "
               "organización | organização | organizzazione | organisatie | organizace | organizacja | entreprise | société | empresa | "
               "azienda | bedrijf | společnost | kunde | klient | cliente | associated company | primary company | företag | virksomhed",
    "contact": "contact | contacts | person | people | contact person | kontakt | ansprechpartner | personne | persona | pessoa | "
               "persoon | osoba | contacto | contato | contatto | contactpersoon | associated contact | primary contact | lead person",
    "lead": "lead | leads | prospect | prospects | mql | interessent | interessenten",
    "activity": "activity | aktivität | activité | actividad | atividade | attività | activiteit | aktivita | engagement | event | call | "
                "meeting | email | task | interaction",
    "note": "note | notes | notiz | nota | poznámka | notitie | notatka | comment | update",
    "project": "project | projekt | projet | proyecto | projeto | progetto | board",
    "task": "task | issue | item | card | aufgabe | tâche | tarea | tarefa | taak | úkol | zadanie | ticket | story | work item",
    "service": "service | product | produkt | produit | producto | produto | prodotto | dienst | dienstleistung | leistung | item",
    "user": "user | employee | person | member | staff | colleague | agent | sales agent | mitarbeiter | benutzer | utilisateur | usuario | "
            "sales rep | team member | uživatel",
}

_OWNER = (
    "owner | owner name | sales agent | sales rep | sales representative | salesperson | sales person | rep | agent | account executive | ae | "
    "assigned to | responsible | responsible person | account manager | verantwortlich | verantwortlicher | besitzer | eigentümer | inhaber | "
    "zuständig | bearbeiter | propriétaire | responsable | propietario | proprietario | proprietário | responsavel | eigenaar | vlastník | "
    "właściciel | ägare | ejer | eier | owner full name | deal owner | opportunity owner | hubspot owner"
)
_OWNER_EMAIL = "owner email | owner e mail | sales rep email | email of owner | owner mail | responsible email"
_OWNER_ID = "owner id | hubspot owner id | user id | owner user id | assigned user id"
_ID = (
    "id | record id | external id | unique id | uid | uuid | key | number | no | nr | identifier | reference | ref | code | legacy id | source id | "
    "object id | hs object id | attributes reference id | item id | item id auto generated | system id | kennung | nummer | identifiant | identificador | case safe id"
)
_NAME = "name | full name | title | titel | nom | nombre | nome | naam | název | jméno | nazwa | namn | navn | bezeichnung | titre | título | titolo"
_PERSON_NAME = (
    "name | full name | contact name | person name | contact | person | vollständiger name | nom complet | nombre completo | nome completo | "
    "volledige naam | display name | fn | nom | nombre | nome | naam | jméno | imię i nazwisko | ansprechpartner | kontakt | kontaktname"
)
_FIRST = "first name | given name | firstname | forename | vorname | prénom | nombre de pila | primeiro nome | voornaam | křestní jméno | imię | förnamn | fornavn"
_LAST = "last name | family name | lastname | surname | nachname | familienname | nom de famille | apellido | apellidos | sobrenome | cognome | achternaam | příjmení | nazwisko | efternamn | etternavn"
_EMAIL = (
    "email | e mail | mail | email address | e mail address | primary email | e mail adresse | emailadresse | adresse e mail | courriel | "
    "correo | correo electrónico | posta elettronica | indirizzo email | endereço de email | e mailadres | e postadress | e post | email 1 | epost"
)
_PHONE = (
    "phone | phone number | telephone | tel | business phone | work phone | primary phone | telefon | telefonnummer | téléphone | teléfono | "
    "telefone | telefono | telefoon | office phone | phone 1 | phone work | company phone"
)
_MOBILE = "mobile | mobile phone | mobile phone number | cell | cell phone | mobiltelefon | handy | handynummer | portable | móvil | celular | cellulare | mobiel | gsm | phone mobile"
_TITLE = "title | job title | position | role | function | job | position title | berufsbezeichnung | stelle | funktion | fonction | poste | cargo | puesto | qualifica | functie | pozice | stanowisko | tjänstetitel"
_COMPANY = (
    "company | company name | organization | organisation | organization name | account | account name | client | client name | customer | "
    "customer name | firma | firmenname | unternehmen | unternehmensname | kunde | kundenname | entreprise | société | nom de l'entreprise | "
    "nom du compte | client nom | empresa | nombre de la empresa | cuenta | nombre de la cuenta | azienda | nome azienda | nome empresa | conta | "
    "nome da conta | bedrijf | bedrijfsnaam | společnost | klient | företag | associated company | primary associated company | employer | organisatie | organizace"
)
_COMPANY_ID = (
    "account id | company id | organization id | organisation id | org id | client id | customer id | associated company ids primary | "
    "primary associated company id | associated company id | associated company ids"
)
_COMPANY_DOMAIN = "company domain | company domain name | company website | organization website | account website"
_CONTACT = "contact | contact name | contact person | primary contact | main contact | associated contact | person | person name | ansprechpartner | kontaktperson | personne de contact | contacto | contato | contatto"
_CONTACT_EMAIL = "contact email | person email | contact e mail | email of contact | primary contact email"
_CONTACT_ID = "contact id | person id | primary contact id | associated contact id | associated contact ids | who id"
_CURRENCY = "currency | currency of value | currency code | currency iso code | deal currency | währung | devise | moneda | moeda | valuta | měna | waluta | currency iso"
_STATUS = "status | state | zustand | statut | estado | stato | stav | status name | etat | stan"
_START = "start date | start | started | begin | begin date | planned start | target start | timeline start | startdatum | beginn | date de début | fecha de inicio | data de início | data inizio | begindatum | actual start | kickoff | kickoff date"
_DUE = "due date | due | deadline | end date | end | finish | finish date | target end | timeline end | due on | date due | fällig | fälligkeitsdatum | fällig am | enddatum | échéance | date d'échéance | fecha de vencimiento | fecha límite | data de vencimento | data de entrega | scadenza | vervaldatum | einddatum | termín | termin | frist"
_NOTES = "description | notes | note | details | beschreibung | notizen | description text | commentaire | descripción | descrição | descrizione | omschrijving | popis | opis | desc | body"

_TABLE: dict[str, dict[str, str]] = {
    "companies": {
        "external_id": f"{_ID} | account id | company id | organization id | account number | customer number | kundennummer | client id | customer id",
        "name": f"{_NAME} | {_COMPANY} | legal name | company legal name | account holder",
        "domain": "domain | website | web site | web | url | homepage | website url | company domain | company domain name | web page | webseite | site web | sitio web | site | sito web | internetseite | www | domain name | domäne",
        "industry": "industry | sector | branch | line of business | vertical | branche | wirtschaftszweig | secteur | secteur d'activité | sector económico | industria | settore | setor | odvětví | branża | bransch | business segment | sic description",
        "country": "country | country region | billing country | country name | land | office location | location | billing address country | pays | país | paese | země | kraj | headquarters country | address country | country code | billing country code",
        "tier": "tier | client tier | customer tier | abc | abc class | class | rating class | kundenklasse",
        "employees": "employees | number of employees | employee count | headcount | staff | size | no of employees | mitarbeiter | mitarbeiterzahl | anzahl mitarbeiter | effectif | nombre d'employés | empleados | número de empleados | dipendenti | funcionários | medewerkers | company size | num employees | numberofemployees",
        "annual_revenue": "annual revenue | revenue | turnover | yearly revenue | umsatz | jahresumsatz | chiffre d'affaires | ingresos anuales | fatturato | receita anual | omzet | obrat | sales volume",
        "currency": _CURRENCY,
        "founded_year": "year established | founded | year founded | founding year | established | foundation year | gründungsjahr | année de création | año de fundación | anno di fondazione | ano de fundação | oprichtingsjaar | founded year | since",
        "parent": "parent | parent company | parent account | subsidiary of | parent organization | mother company | holding | muttergesellschaft | maison mère | empresa matriz | capogruppo | moederbedrijf | parent account name | belongs to",
        "parent_external_id": "parent id | parent account id | parent company id | parent organization id | hs parent company id",
        "phone": f"{_PHONE} | main phone | company phone number",
        "address": "address | full address | postal address | street address | billing address | adresse | anschrift | dirección | endereço | indirizzo | adres",
        "source": "source | account source | company source | lead source | original source | quelle | herkunft | origine | fuente | fonte",
        "tags": "tags | tag | labels | label | categories | schlagwörter | etiketten | étiquettes | etiquetas",
        "owner": f"{_OWNER} | company owner | account owner | organization owner | organisation owner",
        "owner_email": _OWNER_EMAIL, "owner_external_id": _OWNER_ID,
        "log_note": f"{_NOTES} | note content | note body | last note | latest note | comments | comment",
    },
    "contacts": {
        "external_id": f"{_ID} | contact id | person id | vid | contact record id",
        "name": _PERSON_NAME, "first_name": _FIRST, "last_name": _LAST,
        "email": f"{_EMAIL} | person email | contact email",
        "work_email": "work email | email 2 | secondary email | other email | business email | additional email | second email | private email | home email",
        "phone": _PHONE, "mobile": _MOBILE, "title": _TITLE,
        "tags": "tags | tag | labels | categories | schlagwörter | etiketten | étiquettes | etiquetas",
        "more_points": "further addresses and numbers | other emails and phones",
        "source": "source | lead source | contact source | original source | quelle | herkunft | origine | fuente | fonte",
        "pain_points": "pain points | pain point | challenges | needs",
        "no_email": "email opt out | has opted out of email | opted out of email | unsubscribed from all email | unsubscribed | do not email | opt out",
        "no_calls": "do not call | no calls",
        "preference": "preference | preferred contact method | contact preference | preferred channel",
        "company": _COMPANY, "company_external_id": _COMPANY_ID, "company_domain": _COMPANY_DOMAIN,
        "log_note": f"{_NOTES} | note content | note body | last note | latest note | comments | comment",
    },
    "leads": {
        "external_id": f"{_ID} | lead id | mql id | lead number | prospect id | lead record id",
        "name": f"{_PERSON_NAME} | lead | lead name | prospect", "first_name": _FIRST, "last_name": _LAST,
        "email": f"{_EMAIL} | lead email", "phone": f"{_PHONE} | {_MOBILE}", "title": _TITLE, "company": _COMPANY,
        "company_domain": f"{_COMPANY_DOMAIN} | website | domain | url | homepage",
        "industry": "industry | sector | branche | business segment | segment | secteur | industria",
        "country": "country | country region | land | pays | país | paese | country name",
        "employees": "employees | number of employees | company size | mitarbeiter | mitarbeiterzahl",
        "message": f"message | comments | comment | inquiry | enquiry | nachricht | anfrage | {_NOTES}",
        "source": "source | lead source | original source | origin | channel | quelle | herkunft | lead quelle | origine | fuente | fonte | how did you hear about us",
        "campaign": "campaign | campaign name | utm campaign | kampagne | campagne | campaña",
        "landing_page": "landing page | landing page id | first page | conversion page | page url | form name",
        "service": "service | product | interest | product interest | interested in | produkt | leistung | interesse",
        "owner": f"{_OWNER} | lead owner", "owner_email": _OWNER_EMAIL, "owner_external_id": _OWNER_ID,
        "status": f"{_STATUS} | lead status | lifecycle stage",
        "received_date": "received | received on | received date | first contact | first contact date | created | create date | created date | creation date | created at | created on | date created | lead date | inquiry date | erstellt | erstellt am | eingegangen am | datum | date",
        "converted_date": "converted | converted on | converted date | conversion date | date converted | won date | won on | became a deal date | became customer date | konvertiert am | gewonnen am",
        "closed_date": "closed on | closed date | disqualified on | disqualified date | lost date | lost on",
        "closed_reason": "lost reason | disqualified reason | reason | loss reason | unqualified reason | grund | verlustgrund",
    },
    "deals": {
        "external_id": f"{_ID} | deal id | opportunity id | opp id | opportunity number | deal number | opportunity record id | deal record id",
        "name": f"{_NAME} | deal name | deal title | opportunity name | opportunity title | deal | opportunity | subject | geschäftsname | dealname | nom de l'affaire | nom de la transaction | nom de l'opportunité | nombre del negocio | nombre de la oportunidad | nome do negócio | nome trattativa | nome opportunità | nazev obchodu",
        "company": _COMPANY, "company_external_id": _COMPANY_ID, "company_domain": _COMPANY_DOMAIN,
        "contact": _CONTACT, "contact_email": _CONTACT_EMAIL, "contact_external_id": _CONTACT_ID,
        "owner": _OWNER, "owner_email": _OWNER_EMAIL, "owner_external_id": _OWNER_ID,
        "pipeline": "pipeline | deal pipeline | sales pipeline | pipeline name | trichter | record type | tubería | funil | pijplijn | pipeline label",
        "stage": "stage | deal stage | stage name | sales stage | pipeline stage | opportunity stage | phase | sales phase | step | dealstage | stufe | verkaufsphase | étape | phase de la transaction | etapa | etapa del negocio | etapa do negócio | fase | fase della trattativa | dealfase | fáze | etap | steg | stadie | stage id",
        "status": f"{_STATUS} | deal status | opportunity status | outcome | result | won lost | ergebnis",
        "is_won": "is won | won | is closed won | closed won | gewonnen | hs is closed won",
        "is_closed": "is closed | closed | hs is closed | abgeschlossen",
        "value": "value | amount | deal value | deal amount | deal size | close value | total | total value | total amount | opportunity amount | revenue | contract value | price | wert | betrag | dealwert | auftragswert | summe | volumen | valeur | montant | montant de la transaction | valor | importe | valor del negocio | monto | valor do negócio | valore | importo | ammontare | waarde | bedrag | dealwaarde | hodnota | částka | wartość | kwota | värde | belopp | værdi | acv | tcv",
        "currency": _CURRENCY,
        "probability": "probability | win probability | deal probability | chance | wahrscheinlichkeit | abschlusswahrscheinlichkeit | probabilité | probabilidad | probabilidade | probabilità | waarschijnlijkheid | pravděpodobnost",
        "opened_date": "engage date | created | create date | created date | creation date | created at | created on | deal created | add time | date created | date added | opened | open date | opened date | start date | erstellt | erstellt am | erstelldatum | angelegt am | date de création | créé le | fecha de creación | data de criação | data creazione | data di creazione | aangemaakt | aanmaakdatum | vytvořeno | datum vytvoření | utworzono | skapad | oprettet",
        "expected_close_date": "expected close date | expected close | expected closing date | forecast close date | estimated close date | est close date | projected close date | target close date | voraussichtliches abschlussdatum | erwarteter abschluss | erwartetes abschlussdatum | date de clôture prévue | fecha prevista de cierre | fecha de cierre prevista | data de fechamento esperada | data di chiusura prevista | verwachte sluitingsdatum | očekávané datum uzavření",
        "close_date": "close date | closed date | closing date | date closed | closed on | closed at | close time | actual close date | abschlussdatum | schlusstermin | date de clôture | date de fermeture | fecha de cierre | data de fechamento | data di chiusura | sluitingsdatum | datum uzavření | data zamknięcia | slutdatum",
        "won_date": "won time | won date | won on | date won | won at | gewonnen am | gewonnen um | gagné le | fecha de ganado | data de ganho",
        "lost_date": "lost time | lost date | lost on | date lost | lost at | verloren am | verloren um | perdu le | fecha de pérdida",
        "lost_reason": "lost reason | loss reason | reason lost | closed lost reason | reason for loss | reason | verlustgrund | grund | raison de la perte | motif de perte | motivo de pérdida | motivo de la pérdida | motivo da perda | motivo della perdita | reden van verlies | důvod prohry | win loss reason",
        "service": "service | product | product name | service name | line item | product service | produkt | dienstleistung | leistung | produit | producto | produto | prodotto | dienst | item",
        "quantity": "quantity | qty | total opportunity quantity | menge | quantité | cantidad | quantità | quantidade | aantal",
        "source": "source | lead source | original source | deal source | channel | origin | quelle | herkunft | lead quelle | origine | fuente | fonte | bron | zdroj | źródło | original traffic source",
        "next_action_note": "next step | next steps | next action | next activity subject | next activity | nächster schritt | nächste aktivität | prochaine étape | próximo paso | próximo passo | prossimo passo | volgende stap",
        "next_action_date": "next action date | next activity date | next step date | next contact date | next follow up | follow up date | nächste aktivität am | wiedervorlage",
        "log_note": f"{_NOTES} | note content | note body | last note | latest note | comments | comment",
    },
    "services": {
        "external_id": f"{_ID} | product id | service id | product code | sku | item number | artikelnummer | item code",
        "name": f"{_NAME} | product | product name | service | service name | item | item name | produkt | produktname | dienstleistung | leistung | produit | producto | produto | prodotto | artikel",
        "description": _NOTES,
        "series": "series | family | product family | category | product category | product line | produktfamilie | kategorie | catégorie | categoría | categoria | group | serie | product type",
        "price": "price | msrp | sales price | unit price | list price | selling price | rate | preis | listenpreis | verkaufspreis | einzelpreis | prix | prix unitaire | precio | precio unitario | preço | prezzo | prezzo unitario | prijs | cena | amount",
        "cost": "cost | unit cost | cost of goods sold | cogs | kosten | selbstkosten | coût | costo | custo | costi | cost price | kostprijs | náklady",
        "currency": _CURRENCY,
        "effort_hours": "effort | hours | effort hours | estimated hours | planned hours | stunden | aufwand | heures | horas | ore | uren",
    },
    "users": {
        "external_id": f"{_ID} | user id | employee id | employee number | personalnummer | agent id | staff id",
        "name": f"{_PERSON_NAME} | user | user name | employee | employee name | sales agent | sales rep | agent | member | member name | mitarbeiter | display name | staff name | colleague | salesperson",
        "first_name": _FIRST, "last_name": _LAST, "email": f"{_EMAIL} | login | user email | username email",
        "job_title": _TITLE,
        "team": "team | regional office | region | office | department | group | branch | team name | abteilung | standort | équipe | département | equipo | equipe | squadra | afdeling | tým | dział | business unit",
        "manager": "manager | manager name | supervisor | boss | lead | team lead | reports to | line manager | vorgesetzter | teamleiter | responsable | jefe | gerente | leidinggevende | sales manager | vedoucí",
        "manager_email": "manager email | supervisor email | reports to email",
    },
    "communications": {
        "external_id": f"{_ID} | note id | activity id | engagement id | message id | call id | email id | event id | hs engagement id",
        "kind": "kind | type | activity type | engagement type | content type | channel | medium | art | typ | tipo | task subtype | interaction type",
        "subject": "subject | title | activity subject | task title | task subject | task name | call title | meeting name | email subject | betreff | titel | objet | asunto | assunto | oggetto | onderwerp | předmět | name | topic",
        "body": f"{_NOTES} | content | text | note content | note body | message | comment | comments | update content | call notes | meeting notes | email body | inhalt | nachricht | contenu | contenido | conteúdo | contenuto | inhoud | obsah | full description",
        "happened_at": "date | time | happened at | timestamp | activity date | date time | sent | sent at | sent on | created at | create date | created date | created | start time | start date | add time | datum | zeitpunkt | date et heure | fecha | data | occurred at | when | started at | completed date | marked as done time | completed at",
        "due_date": "due date | activity due date | task due date | due | due on | date due | fällig | fällig am | fälligkeitsdatum | échéance | fecha de vencimiento",
        "status": "status | task status | activity status | done | is done | is closed | completed | is completed | marked as done | erledigt",
        "assignee": "assigned to | assignee | assigned to user | task assigned to | zugewiesen an",
        "assignee_email": "assignee email | assigned to email",
        "direction": "direction | call direction | email direction | richtung | incoming outgoing | sens | dirección",
        "author": f"author | created by | user | from | {_OWNER} | logged by | autor | auteur | verfasser | sender | creator",
        "author_email": "author email | from email | sender email | user email | created by email | owner email",
        "company": _COMPANY, "company_external_id": _COMPANY_ID, "company_domain": _COMPANY_DOMAIN,
        "contact": _CONTACT, "contact_email": _CONTACT_EMAIL, "contact_external_id": _CONTACT_ID,
        "deal": "deal | deal name | deal title | opportunity | opportunity name | associated deal | affaire | negocio | negócio | trattativa | item name",
        "deal_external_id": "deal id | opportunity id | associated deal id | associated deal ids | item id",
        "project": "project | project name | projekt | projet | proyecto | projeto | progetto | board | board name",
        "project_external_id": "project id | project key | board id",
        "related_external_id": "what id | related to id | related record id | parent id | regarding id | related to | linked entity id | entity id",
    },
    "projects": {
        "external_id": f"{_ID} | project id | project key | project number | project code | projektnummer | board id",
        "name": f"{_NAME} | project | project name | projekt | projektname | projet | nom du projet | proyecto | projeto | progetto | board | board name | engagement",
        "company": _COMPANY, "company_external_id": _COMPANY_ID, "company_domain": _COMPANY_DOMAIN,
        "owner": f"{_OWNER} | project manager | project lead | project owner | pm | projektleiter | projektleitung | chef de projet | jefe de proyecto | gerente de projeto | projectleider | lead | manager",
        "owner_email": f"{_OWNER_EMAIL} | project manager email | project lead email | manager email",
        "start_date": f"{_START} | project start | projektstart | project start date",
        "promised_finish_date": f"{_DUE} | project end | go live | go live date | delivery date | promised finish date | projektende | project due date | project end date | target date",
        "status": f"{_STATUS} | project status | project state",
    },
    "tasks": {
        "external_id": f"{_ID} | issue key | task id | card id | item id | work item id | task key | issue number | todo id",
        "other_id": "issue id",
        "name": f"{_NAME} | summary | task | task name | issue | card name | card title | work item | subject | aufgabe | zusammenfassung | vorgang | vorgangsname | tâche | résumé | tarea | resumen | tarefa | attività | taak | úkol | zadanie | item name | task title | todo | content",
        "type": "type | issue type | task type | work item type | tracker | vorgangstyp | typ | tipo",
        "notes": f"{_NOTES} | card description | task description | task notes | issue description",
        "project": "project | project name | projects | projekt | projektname | projet | proyecto | projeto | progetto | board | board name | list project",
        "project_external_id": "project key | project id | board id",
        "parent": "parent | parent id | parent key | parent task | parent issue | parent link | epic link | epic | parent summary | summary task | übergeordnete aufgabe | elternaufgabe | phase | milestone parent | parent name | tâche parente | tarea principal",
        "assignee": "assignee | assigned to | assignees | owner | person | people | members | member | responsible | assigned | resource | resource names | resources | zugewiesen | zugewiesen an | zugewiesene person | bearbeiter | verantwortlich | assigné à | responsable | asignado a | responsável | assegnatario | toegewezen aan | řešitel | assignee name",
        "assignee_email": "assignee email | assignee e mail | assigned to email | owner email",
        "role": "role | rolle | rôle | rol | skill | function",
        "status": f"{_STATUS} | task status | issue status | section column | column | list name | list | section | bucket | stage | progress status",
        "is_done": "completed | done | is completed | due complete | is done | erledigt | closed | terminé | completado | concluído | is complete | finished",
        "completed_date": "completed at | completed on | completion date | completed date | resolved | resolved at | finished at | actual end | actual finish | closed at | done at | date completed | erledigt am | abgeschlossen am | terminé le",
        "percent_complete": "percent complete | complete | progress | percent done | % complete | % done | fortschritt | completion | fertigstellungsgrad | avancement | progreso | avanzamento",
        "start_date": _START,
        "due_date": _DUE,
        "duration_days": "duration | duration days | days | dauer | durée | duración | duração | durata | duur | planned duration",
        "effort": "original estimate | estimate | estimated hours | estimated time | work | effort | time estimate | planned work | planned hours | estimated work | aufwand | geschätzter aufwand | schätzung | charge | estimation | estimación | estimativa | stima | planned effort | geplanter aufwand",
        "blocked_by": "blocked by | blocked by dependencies | depends on | dependencies | predecessors | predecessor | waits for | waiting on | vorgänger | prédécesseurs | predecesores | inward issue link blocks | inward issue link blocker | dependency",
        "blocking": "blocking | blocking dependencies | blocks | successors | successor | nachfolger | outward issue link blocks | outward issue link blocker",
    },
}

# Headers with a known meaning for which the kind has no place; they are left out without guessing.
_KNOWN_ELSEWHERE = (
    "is deleted | master record id | system modstamp | last modified date | last modified by id | created by id | last modified | update time | "
    "updated | updated at | last activity date | last stage change date | last viewed | fiscal | fiscal quarter | fiscal year | fiscal period | "
    "forecast category | forecast category name | campaign id | has opportunity line item | pricebook2 id | pricebook 2 id | is private | probability | "
    "expected revenue | type | deal type | description | label | owner role | age | fax | billing street | billing city | billing state | "
    "billing postal code | mailing street | mailing city | mailing state | mailing postal code | mailing country | salutation | department | "
    "reports to id | lifecycle stage | lead status | marketing contact status | state region | state | city | zip | postal code | street | address | tags | "
    "labels | priority | votes | watchers | watchers id | resolution | environment | reporter | reporter id | creator | creator id | assignee id | "
    "project type | project lead id | project description | security level | attachment | rank | work ratio | remaining estimate | "
    "time spent | story point estimate | resolved | comment | status category | subitems | created at | created | create date | completed at | "
    "lead source | modified | email opt out | do not call | rating | last login"
)


@dataclass(frozen=True, slots=True)
class Alias:
    """The field a header names; the alias with the lower `rank` is the better name for it."""

    field: str
    rank: int


def _read(table: Mapping[str, str]) -> dict[str, Alias]:
    """Header → field; the first field that names a header keeps it."""
    found: dict[str, Alias] = {}
    for field, names in table.items():
        for rank, name in enumerate(names.split("|")):
            found.setdefault(header_key(name), Alias(field, rank))
    found.pop("", None)
    return found


def _read_entities() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for entity, words in _ENTITIES.items():
        for word in words.split("|"):
            found.setdefault(header_key(word), set()).add(entity)
    return {word: frozenset(entities) for word, entities in found.items()}


ALIASES: Mapping[str, Mapping[str, Alias]] = {kind: _read(table) for kind, table in _TABLE.items()}
# `dealname` and `closedate`: names of programs, written without any space.
JOINED_ALIASES: Mapping[str, Mapping[str, Alias]] = {
    kind: {key.replace(" ", ""): alias for key, alias in reversed(list(table.items())) if " " in key} for kind, table in ALIASES.items()
}
ENTITY_WORDS: Mapping[str, frozenset[str]] = _read_entities()
KNOWN_ELSEWHERE = frozenset(header_key(name) for name in _KNOWN_ELSEWHERE.split("|"))
# Names that fit only when the values do: a place may be a country, a column of a board may be a status.
WEAK: Mapping[str, frozenset[str]] = {
    "tasks": frozenset({"section column", "column", "list name", "list", "section", "bucket", "stage"}),
    "companies": frozenset({"office location", "location", "land", "office", "size", "since", "class", "group"}),
}

OWN_ENTITIES: Mapping[str, frozenset[str]] = {
    "companies": frozenset({"company"}), "contacts": frozenset({"contact"}), "leads": frozenset({"lead"}), "deals": frozenset({"deal"}),
    "services": frozenset({"service"}), "users": frozenset({"user"}), "communications": frozenset({"activity", "note"}),
    "projects": frozenset({"project"}), "tasks": frozenset({"task"}),
}
ENTITY_KINDS: Mapping[str, str] = {
    "deal": "deals", "company": "companies", "contact": "contacts", "lead": "leads", "project": "projects", "service": "services",
    "activity": "communications", "note": "communications", "task": "tasks", "user": "users",
}
# What a field of another record is for this one: the name of the company of a deal is the deal's company.
SEEN_FROM_OUTSIDE: Mapping[tuple[str, str], str] = {
    ("company", "name"): "company", ("company", "external_id"): "company_external_id", ("company", "domain"): "company_domain",
    ("contact", "name"): "contact", ("contact", "email"): "contact_email", ("contact", "external_id"): "contact_external_id",
    ("deal", "name"): "deal", ("deal", "external_id"): "deal_external_id",
    ("project", "name"): "project", ("project", "external_id"): "project_external_id",
    ("service", "name"): "service",
    ("note", "body"): "log_note", ("note", "happened_at"): "log_note_at",
    ("activity", "subject"): "next_action_note", ("activity", "due_date"): "next_action_date",
}
