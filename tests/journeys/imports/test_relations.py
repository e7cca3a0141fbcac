"""Relations come in with their records, or the report says before what will be lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.journeys.imports.imported import apply, bring, messages, stage
from tests.people import NOW, make_cast
from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.queries import list_people
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def test_contacts_find_their_company_by_id_name_and_address():
    cast = make_cast()
    bring(cast.seller, "companies", "Record ID,Company name,Company Domain Name,Create Date\n70,Acme,acme.test,2024-01-02\n71,Beta,beta.test,2024-01-02\n")
    text = (
        "Record ID,First Name,Last Name,Email,Associated Company IDs,Associated Company,Create Date\n"
        "1,Jo,Day,jo@x.test,70,,2024-01-02\n2,Al,Bee,al@y.test,,beta,2024-01-02\n3,Cy,Dee,cy@acme.test,,,2024-01-02\n"
        "4,Di,Eff,di@z.test,99,,2024-01-02\n5,Ed,Gee,ed@gmail.com,,New Co,2024-01-02\n"
    )
    staged = stage(cast.seller, "contacts", text)
    assert staged.source == "import.hubspot"
    assert [problem.row for problem in staged.problems] == [5]
    assert "no company 99 is known" in messages(staged)
    done = apply(cast.seller, staged)
    assert (done.counts["created"], done.counts["companies_created"]) == (5, 1)
    found = {row.name: row.company_name for row in list_contacts(actor=cast.seller)}
    assert found == {"Jo Day": "Acme", "Al Bee": "Beta", "Cy Dee": "Acme", "Di Eff": "", "Ed Gee": "New Co"}
    assert bring(cast.seller, "contacts", text).counts["unchanged"] == 5


def test_deals_and_entries_find_their_records_by_the_ids_of_the_former_system():
    cast = make_cast()
    bring(cast.seller, "companies", "Id,Name,SystemModstamp,OwnerId\n001A,Acme,2024-01-01T00:00:00Z,\n")
    bring(cast.seller, "contacts", "Id,AccountId,LastName,FirstName,Email\n003A,001A,Day,Jo,jo@acme.test\n")
    bring(cast.seller, "deals", "Id,AccountId,Name,StageName,ContactId\n006A,001A,Site,Prospecting,003A\n")
    (deal,) = list_deals(actor=cast.seller, where=DealFilter(), now=NOW)
    assert deal.company_name == "Acme"
    text = (
        "Id,WhatId,WhoId,Subject,Description,ActivityDate,Type\n"
        "00T1,006A,003A,Kick-off,We talked,2024-05-06T10:00:00Z,Call\n00T2,006X,,Lost one,Text,2024-05-06,Email\n00T3,,003A,Note,Text,2024-05-07,\n"
    )
    staged = stage(cast.seller, "communications", text)
    assert [(problem.row, problem.stops_row) for problem in staged.problems] == [(3, True)]
    assert "names no record that is known here (006X)" in messages(staged)
    assert apply(cast.seller, staged).counts == {"created": 2, "skipped": 1}
    (entry,) = list_communications(actor=cast.seller, refs=[Ref("sales.deal", deal.id)])
    assert (entry.kind, entry.subject, entry.body, entry.happened_at) == ("call", "Kick-off", "We talked", datetime(2024, 5, 6, 10, tzinfo=UTC))
    assert "Jo Day" in entry.participants
    assert bring(cast.seller, "communications", text).counts["unchanged"] == 2


def test_parents_may_stand_anywhere_in_the_file_and_circles_are_cut():
    cast = make_cast()
    done = bring(cast.seller, "companies", "Company,Parent company\nChild,Mother\nMother,Grand\nGrand,\nA,B\nB,A\nLost,Unknown\n")
    assert done.counts["created"] == 6
    rows = {row.name: row for row in list_companies(actor=cast.seller)}
    assert (rows["Child"].parent_id, rows["Mother"].parent_id) == (rows["Mother"].id, rows["Grand"].id)
    assert {problem.code for problem in done.problems} == {"circle", "parent_missing"}
    assert bring(cast.seller, "companies", "Company,Parent company\nChild,Mother\nMother,Grand\nGrand,\n").counts.get("created", 0) == 0


def test_people_come_without_sign_in_under_their_managers():
    cast = make_cast()
    done = bring(cast.owner, "users", "Name,Email,Manager,Job title,Team\nJo Day,jo@x.test,Al Boss,Seller,East\nAl Boss,al@x.test,Top Dog,Head,East\n")
    assert (done.counts["created"], done.counts["people_created"]) == (2, 1)
    people = {row.name: row for row in list_people(actor=cast.owner)}
    assert (people["Jo Day"].job_title, people["Jo Day"].team, people["Top Dog"].team) == ("Seller", "East", "")
    from wonward.domains.staff.models import Person

    assert Person.objects.get(name="Jo Day").manager.name == "Al Boss"
    assert Person.objects.get(name="Al Boss").manager.name == "Top Dog"
    assert Person.objects.get(name="Jo Day").user is None


def test_projects_and_their_tasks_keep_outline_dates_and_who_waits_for_whom():
    cast = make_cast()
    bring(cast.leader, "projects", "Project key,Project name,Client,Project manager,Start date,Due date,Status\nWEB,Website,Acme,Tom Brandt,2026-10-05,2027-06-30,In progress\n")
    (project,) = list_projects(actor=cast.leader)
    assert (project.name, project.company_name, project.manager_name, project.status) == ("Website", "Acme", "Tom Brandt", "active")
    text = (
        "Issue key,Issue id,Summary,Issue Type,Status,Project key,Parent,Assignee,Custom field (Start date),Due date,Original estimate,"
        "Inward issue link (Blocks),Description,Resolved\n"
        "WEB-2,11,Wireframes,Task,Done,WEB,10,Noor Haddad,05/Oct/26 9:00 AM,09/Oct/26 9:00 AM,28800,,Words,08/Oct/26 1:00 PM\n"
        "WEB-1,10,Concept,Epic,To Do,WEB,,,,,,,,\n"
        "WEB-3,12,Build,Task,To Do,WEB,,Ghost Writer,,,57600,WEB-2,,\n"
        "WEB-4,13,Lost,Task,To Do,NOPE,,,,,,,,\n"
    )
    staged = stage(cast.manager, "tasks", text)
    assert staged.source == "import.jira"
    assert {(problem.row, problem.code) for problem in staged.problems} == {(4, "no_assignee"), (5, "no_project")}
    done = apply(cast.manager, staged)
    assert (done.status, done.counts["created"], done.counts["skipped"], done.counts["dependencies_added"]) == ("done", 3, 1, 1), done.failure
    tasks = {row.name: row for row in list_tasks(actor=cast.manager, project_id=project.id)}
    assert tasks["Wireframes"].parent_id == tasks["Concept"].id
    assert tasks["Concept"].kind == "phase"
    assert (tasks["Wireframes"].assignee_name, tasks["Wireframes"].status, tasks["Wireframes"].effort_minutes) == ("Noor Haddad", "done", 480)
    assert (tasks["Wireframes"].start_date, tasks["Wireframes"].finish_date) == (date(2026, 10, 5), date(2026, 10, 8))
    assert tasks["Build"].start_date == date(2026, 10, 9)
    (link,) = list_dependencies(project_id=project.id)
    assert (link.from_id, link.to_id) == (tasks["Wireframes"].id, tasks["Build"].id)
    again = bring(cast.manager, "tasks", text)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 3)
    assert len(list_tasks(actor=cast.manager, project_id=project.id)) == 3


def test_tasks_without_project_column_go_into_the_project_of_their_board_or_the_chosen_one():
    cast = make_cast()
    bring(cast.leader, "projects", "Project,Client,Project manager\nWebsite,Acme,Tom Brandt\nOther,Acme,Tom Brandt\n")
    projects = {row.name: row.id for row in list_projects(actor=cast.leader)}
    bring(cast.manager, "tasks", "Website,,\nName,Person,Status\nDraw,Noor Haddad,Done\n")
    assert [row.name for row in list_tasks(actor=cast.manager, project_id=projects["Website"])] == ["Draw"]
    text = "Name,Person,Status\nPaint,Noor Haddad,Working on it\n"
    assert "names no project" in messages(stage(cast.manager, "tasks", text))
    bring(cast.manager, "tasks", text, {"project_id": projects["Other"]})
    assert [row.name for row in list_tasks(actor=cast.manager, project_id=projects["Other"])] == ["Paint"]


def test_services_are_changed_by_a_new_price_list():
    cast = make_cast()
    bring(cast.owner, "services", "Product,Sales price,Series\nGTX,550,G\n")
    assert bring(cast.owner, "services", "Product,Sales price,Series\nGTX,600,G\n").counts == {"updated": 1}
    from wonward.domains.catalog.queries import list_services

    assert [str(row.price) for row in list_services(actor=cast.owner)] == ["600.00 EUR"]
