"""What each documented header of other products' exports should become: a field, or nothing because there is no place for it.

Where several columns of one export say the same, any one of them may win; the others are then left out (`OR_NONE`).
"""

from __future__ import annotations

OR_NONE = "?"

EXPECTED: dict[tuple[str, str, str], dict[str, str]] = {
    ("jira_csv_all_fields", "headers", "tasks"): {
        "Summary": "name", "Issue key": "external_id", "Issue id": "other_id", "Issue Type": "type", "Status": "status",
        "Project key": "project_external_id", "Project name": "project", "Assignee": "assignee", "Due date": "due_date",
        "Description": "notes", "Original estimate": "effort", "Custom field (Start date)": "start_date", "Parent": "parent",
        "Parent id": "parent?", "Custom field (Actual start)": "start_date?", "Custom field (Target start)": "start_date?",
        "Custom field (Target end)": "due_date?", "Resolved": "completed_date", "Custom field (Actual end)": "completed_date?",
    },
    ("asana_csv", "headers", "tasks"): {
        "Task ID": "external_id", "Name": "name", "Assignee": "assignee", "Assignee Email": "assignee_email", "Start Date": "start_date",
        "Due Date": "due_date", "Notes": "notes", "Projects": "project", "Parent task": "parent", "Section/Column": "status?",
        "Completed At": "completed_date", "Blocked By (Dependencies)": "blocked_by", "Blocking (Dependencies)": "blocking",
    },
    ("monday_xlsx", "headers", "tasks"): {
        "Name": "name", "Owner": "assignee", "Person": "assignee?", "People": "assignee?", "Status": "status", "Due Date": "due_date",
        "Timeline - Start": "start_date", "Timeline - End": "due_date?", "Item ID (auto generated)": "external_id",
    },
    ("trello_csv_premium", "headers", "tasks"): {
        "Card ID": "external_id", "Card Name": "name", "Card Description": "notes", "Members": "assignee", "Due Date": "due_date",
        "List Name": "status?", "Board ID": "project_external_id", "Board Name": "project", "Start Date": "start_date", "Due Complete": "is_done",
    },
    ("pipedrive_deals", "headers", "deals"): {
        "Deal - ID": "external_id", "Deal - Title": "name", "Deal - Owner": "owner", "Deal - Pipeline": "pipeline", "Deal - Stage": "stage",
        "Deal - Value": "value", "Deal - Currency of value": "currency?", "Deal - Currency": "currency", "Deal - Status": "status", "Deal - Probability": "probability",
        "Deal - Expected close date": "expected_close_date", "Deal - Lost reason": "lost_reason", "Deal - Won time": "won_date",
        "Deal - Lost time": "lost_date", "Deal - Deal created": "opened_date", "Deal - Organization": "company?", "Organization - Name": "company",
        "Deal - Contact person": "contact?", "Person - Name": "contact", "Person - Email (Work)": "contact_email?",
        "Person - Email": "contact_email", "Activity - Subject": "next_action_note", "Activity - Due date": "next_action_date",
        "Note - Content": "log_note",
    },
    ("hubspot_deals", "headers", "deals"): {
        "Record ID": "external_id", "Deal Name": "name", "Deal Stage": "stage", "Pipeline": "pipeline", "Amount": "value",
        "Close Date": "close_date", "Create Date": "opened_date", "Deal owner": "owner", "Original Source": "source",
        "Associated Company": "company", "Associated Company IDs": "company_external_id?",
        "Associated Company IDs (Primary)": "company_external_id", "Associated Contact": "contact",
        "Associated Contact IDs": "contact_external_id",
    },
    ("hubspot_contacts", "headers", "contacts"): {
        "Record ID": "external_id", "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Work email": "work_email",
        "Phone Number": "phone", "Mobile Phone Number": "mobile", "Job Title": "title", "Associated Company": "company",
        "Associated Company IDs": "company_external_id?", "Associated Company IDs (Primary)": "company_external_id",
    },
    ("hubspot_companies", "headers", "companies"): {
        "Record ID": "external_id", "Company name": "name", "Company Domain Name": "domain?", "Domain": "domain", "Company owner": "owner",
        "Industry": "industry", "Country/Region": "country", "Phone Number": "phone",
    },
    ("salesforce_api_names", "Opportunity", "deals"): {
        "Id": "external_id", "AccountId": "company_external_id", "Name": "name", "StageName": "stage", "Amount": "value",
        "TotalOpportunityQuantity": "quantity", "CloseDate": "close_date", "NextStep": "next_action_note", "LeadSource": "source",
        "IsClosed": "is_closed", "IsWon": "is_won", "OwnerId": "owner_external_id", "CreatedDate": "opened_date",
        "ContactId": "contact_external_id", "Probability": "probability", "Description": "log_note",
    },
    ("salesforce_api_names", "Account", "companies"): {
        "Id": "external_id", "Name": "name", "ParentId": "parent_external_id", "BillingCountry": "country", "Website": "domain",
        "AccountNumber": "external_id?", "Industry": "industry", "AnnualRevenue": "annual_revenue", "NumberOfEmployees": "employees",
        "OwnerId": "owner_external_id", "Phone": "phone", "AccountSource": "source",
    },
    ("salesforce_api_names", "Contact", "contacts"): {
        "Id": "external_id", "AccountId": "company_external_id", "LastName": "last_name", "FirstName": "first_name", "Name": "name",
        "Phone": "phone", "MobilePhone": "mobile", "Email": "email", "Title": "title", "LeadSource": "source?", "Description": "log_note",
    },
    ("salesforce_api_names", "Lead", "leads"): {
        "Id": "external_id", "LastName": "last_name", "FirstName": "first_name", "Name": "name", "Title": "title", "Company": "company",
        "Country": "country", "Phone": "phone", "Email": "email", "Website": "company_domain", "Description": "message", "LeadSource": "source",
        "Status": "status", "Industry": "industry", "NumberOfEmployees": "employees", "OwnerId": "owner_external_id",
        "ConvertedDate": "converted_date", "CreatedDate": "received_date",
    },
    ("salesforce_report_csv", "headers", "deals"): {
        "Opportunity Owner": "owner", "Account Name": "company", "Opportunity Name": "name", "Stage": "stage", "Amount": "value",
        "Close Date": "close_date", "Created Date": "opened_date", "Next Step": "next_action_note", "Lead Source": "source", "Probability (%)": "probability",
    },
}

# Documented headers for which no kind has a place; every other one that is left out counts as wrong.
HOMELESS: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("jira_csv_all_fields", "headers", "tasks"): (
        "Project type", "Project lead", "Project lead id", "Project description", "Priority", "Resolution", "Assignee Id", "Reporter",
        "Reporter Id", "Creator", "Creator Id", "Created", "Updated", "Last Viewed", "Votes", "Labels", "Environment", "Watchers",
        "Watchers Id", "Remaining Estimate", "Time Spent", "Work Ratio", "Σ Original Estimate", "Σ Remaining Estimate", "Σ Time Spent",
        "Security Level", "Attachment", "Custom field (Story point estimate)", "Custom field (Rank)", "Custom field (Epic Name)",
        "Comment", "Status Category",
    ),
    ("asana_csv", "headers", "tasks"): (
        "Created At", "Last Modified", "Tags",
    ),
    ("monday_xlsx", "headers", "tasks"): (
        "Subitems", "Priority", "Tags",
    ),
    ("trello_csv_premium", "headers", "tasks"): (
        "Card URL", "Labels", "Attachment Count", "Attachment Links", "Checklist Item Total Count", "Checklist Item Completed Count",
        "Vote Count", "Comment Count", "Last Activity Date", "List ID", "Archived",
    ),
    ("pipedrive_deals", "headers", "deals"): (
        "Deal - Label", "Deal - Update time", "Organization - Address", "Organization - Owner", "Person - First name",
        "Person - Last name", "Person - Phone (Work)", "Person - Phone",
    ),
    ("hubspot_deals", "headers", "deals"): (
        "Last Activity Date", "Deal Type",
    ),
    ("hubspot_contacts", "headers", "contacts"): (
        "Contact owner", "Lead Status", "Lifecycle Stage", "Country/Region", "State/Region", "City", "Website URL",
        "Marketing contact status", "Create Date", "Last Activity Date",
    ),
    ("hubspot_companies", "headers", "companies"): (
        "City", "Create Date", "Last Activity Date",
    ),
    ("salesforce_api_names", "Opportunity", "deals"): (
        "IsDeleted", "IsPrivate", "ExpectedRevenue", "Type", "ForecastCategory", "ForecastCategoryName", "CampaignId",
        "HasOpportunityLineItem", "Pricebook2Id", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
        "LastActivityDate", "LastStageChangeDate", "FiscalQuarter", "FiscalYear", "Fiscal",
    ),
    ("salesforce_api_names", "Account", "companies"): (
        "IsDeleted", "MasterRecordId", "Type", "BillingStreet", "BillingCity", "BillingState", "BillingPostalCode", "Fax", "CreatedDate",
        "LastModifiedDate",
    ),
    ("salesforce_api_names", "Contact", "contacts"): (
        "IsDeleted", "Salutation", "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry", "ReportsToId",
        "Department", "OwnerId", "CreatedDate", "LastModifiedDate",
    ),
    ("salesforce_report_csv", "headers", "deals"): (
        "Fiscal Period", "Expected Revenue", "Age", "Type", "Owner Role",
    ),
    ("salesforce_api_names", "Lead", "leads"): (
        "IsDeleted", "Street", "City", "State", "PostalCode", "MobilePhone", "Rating", "AnnualRevenue", "IsConverted",
        "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId",
    ),
}

LOCALISED: dict[str, dict[str, str]] = {
    "deals": {
        "Osoba - E-mail": "contact_email", "Obchod - Název": "name", "Organizace - Název": "company", "Deal - Titel": "name", "Deal - Wert": "value",
        "Organisation - Name": "company", "Person - E-Mail": "contact_email", "Montant de la transaction": "value", "Étape": "stage",
        "Fecha de cierre": "close_date", "Propietario": "owner", "Nombre del negocio": "name", "Trattativa - Titolo": "name",
        "Verlustgrund": "lost_reason", "Erwartetes Abschlussdatum": "expected_close_date", "Motivo da perda": "lost_reason", "Währung": "currency",
        "Negócio - Título": "name", "Empresa": "company", "Sluitingsdatum": "close_date",
    },
    "contacts": {
        "Vorname": "first_name", "Nachname": "last_name", "E-Mail-Adresse": "email", "Telefonnummer": "phone", "Firma": "company",
        "Prénom": "first_name", "Courriel": "email", "Correo electrónico": "email", "Cognome": "last_name", "Achternaam": "last_name",
    },
    "companies": {"Unternehmen": "name", "Branche": "industry", "Mitarbeiterzahl": "employees", "Umsatz": "annual_revenue", "Secteur": "industry"},
    "tasks": {"Zusammenfassung": "name", "Fälligkeitsdatum": "due_date", "Zugewiesene Person": "assignee", "Échéance": "due_date", "Vorgänger": "blocked_by"},
}
