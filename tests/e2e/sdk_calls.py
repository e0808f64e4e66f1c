"""The vendors' and the usual SDKs, each pointed at a recorder: what they send, as lines of JSON.

    sdk_calls.py PLATFORM
"""

import contextlib
import datetime
import json
import sys

import sdk_calls_more  # its tables join those of this file
from recorder import Recorder
from sdk_rows import ROWS, Row, platform, rewriting

PAGE = "0d0f5a2c-1c1b-4c54-9a2c-5a7e2d0f7d11"
TEXT = [{"text": {"content": "Hello"}}]


@platform
def notion(origin):
    import notion_client

    sdk = notion_client.Client(auth="secret", base_url=origin)
    paragraph = [{"paragraph": {"rich_text": TEXT}}]
    title = {"title": [{"text": {"content": "Notes"}}]}
    return [
        Row("post-search", {"query": "notes", "page_size": 5}, lambda: sdk.search(query="notes", page_size=5)),
        Row("retrieve-a-page", {"page_id": PAGE}, lambda: sdk.pages.retrieve(page_id=PAGE)),
        Row("post-page", {"parent": {"page_id": PAGE}, "properties": title},
            lambda: sdk.pages.create(parent={"page_id": PAGE}, properties=title)),
        Row("patch-page", {"page_id": PAGE, "properties": title}, lambda: sdk.pages.update(page_id=PAGE, properties=title)),
        Row("get-block-children", {"block_id": PAGE, "page_size": 10}, lambda: sdk.blocks.children.list(block_id=PAGE, page_size=10)),
        Row("patch-block-children", {"block_id": PAGE, "children": paragraph},
            lambda: sdk.blocks.children.append(block_id=PAGE, children=paragraph)),
        Row("delete-a-block", {"block_id": PAGE}, lambda: sdk.blocks.delete(block_id=PAGE)),
        Row("query-data-source", {"data_source_id": PAGE, "page_size": 3}, lambda: sdk.data_sources.query(data_source_id=PAGE, page_size=3)),
        Row("create-a-comment", {"page_id": PAGE, "rich_text": TEXT},
            lambda: sdk.comments.create(parent={"page_id": PAGE}, rich_text=TEXT)),
        Row("retrieve-a-comment", {"block_id": PAGE, "page_size": 4}, lambda: sdk.comments.list(block_id=PAGE, page_size=4)),
        Row("retrieve-a-block", {"block_id": PAGE}, lambda: sdk.blocks.retrieve(block_id=PAGE)),
        Row("update-a-block", {"block_id": PAGE, "content": paragraph[0]}, lambda: sdk.blocks.update(block_id=PAGE, **paragraph[0])),
        Row("retrieve-a-database", {"database_id": PAGE}, lambda: sdk.databases.retrieve(database_id=PAGE)),
        Row("retrieve-a-data-source", {"data_source_id": PAGE}, lambda: sdk.data_sources.retrieve(data_source_id=PAGE)),
        Row("create-a-data-source", {"parent": {"database_id": PAGE}, "properties": {"Name": {"title": {}}}},
            lambda: sdk.data_sources.create(parent={"database_id": PAGE}, properties={"Name": {"title": {}}})),
        Row("update-a-data-source", {"data_source_id": PAGE, "title": TEXT}, lambda: sdk.data_sources.update(data_source_id=PAGE, title=TEXT)),
        Row("get-user", {"user_id": PAGE}, lambda: sdk.users.retrieve(user_id=PAGE)),
        Row("get-self", {}, lambda: sdk.users.me()),
        Row("get-users", {"page_size": 7}, lambda: sdk.users.list(page_size=7)),
    ]


@platform
def hubspot(origin):
    import hubspot as library
    from hubspot.crm import companies, contacts, deals, tickets

    sdk = library.Client.create(access_token="secret")
    people, search, found, owners = sdk.crm.contacts.basic_api, sdk.crm.contacts.search_api, sdk.crm.deals.basic_api, sdk.crm.owners.owners_api
    firms, sought, calls = sdk.crm.companies.basic_api, sdk.crm.companies.search_api, sdk.crm.tickets.basic_api
    for api in (people, search, found, owners, firms, sought, calls):
        api.api_client.configuration.host = origin
    made = {"properties": {"email": "ana@example.com"}, "associations": []}
    filters = [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "ana@example.com"}]}]
    listed = {"query.properties": "the SDK repeats the parameter, ours joins by commas: the API takes both"}
    return [
        Row("ContactsList", {"limit": 2, "properties": "email,phone"}, lambda: people.get_page(limit=2, properties=["email", "phone"]), listed),
        Row("ContactsRead", {"contactId": "51", "properties": "email"}, lambda: people.get_by_id("51", properties=["email"]), listed),
        Row("ContactsCreate", made, lambda: people.create(contacts.SimplePublicObjectInputForCreate(**made))),
        Row("ContactsUpdate", {"contactId": "51", "properties": {"phone": "1"}},
            lambda: people.update("51", contacts.SimplePublicObjectInput(properties={"phone": "1"}))),
        Row("ContactsArchive", {"contactId": "51"}, lambda: people.archive("51")),
        Row("ContactsSearch", {"filterGroups": filters, "limit": 3, "properties": ["email"]},
            lambda: search.do_search(contacts.PublicObjectSearchRequest(filter_groups=filters, limit=3, properties=["email"]))),
        Row("DealsCreate", {"properties": {"dealname": "A"}, "associations": []},
            lambda: found.create(deals.SimplePublicObjectInputForCreate(properties={"dealname": "A"}, associations=[]))),
        Row("DealsRead", {"dealId": "7", "properties": "dealname"}, lambda: found.get_by_id("7", properties=["dealname"]), listed),
        Row("DealsUpdate", {"dealId": "7", "properties": {"dealstage": "closedwon"}},
            lambda: found.update("7", deals.SimplePublicObjectInput(properties={"dealstage": "closedwon"}))),
        Row("DealsArchive", {"dealId": "7"}, lambda: found.archive("7")),
        Row("CompaniesList", {"limit": 3, "properties": "name"}, lambda: firms.get_page(limit=3, properties=["name"]), listed),
        Row("CompaniesCreate", {"properties": {"domain": "acme.example"}, "associations": []},
            lambda: firms.create(companies.SimplePublicObjectInputForCreate(properties={"domain": "acme.example"}, associations=[]))),
        Row("CompaniesSearch", {"query": "acme", "limit": 3, "properties": ["name"]},
            lambda: sought.do_search(companies.PublicObjectSearchRequest(query="acme", limit=3, properties=["name"]))),
        Row("TicketsCreate", {"properties": {"subject": "Fire"}, "associations": []},
            lambda: calls.create(tickets.SimplePublicObjectInputForCreate(properties={"subject": "Fire"}, associations=[]))),
        Row("TicketsRead", {"ticketId": "9", "properties": "subject"}, lambda: calls.get_by_id("9", properties=["subject"]), listed),
        Row("OwnersRead", {"ownerId": "3"}, lambda: owners.get_by_id(3), {"query.idProperty": "the SDK writes a default out", "query.archived": "as above"}),
        Row("OwnersList", {"email": "ana@example.com", "limit": 5}, lambda: owners.get_page(email="ana@example.com", limit=5)),
    ]


@platform
def gitlab(origin):
    import gitlab as library

    sdk = library.Gitlab(origin, private_token="secret", retry_transient_errors=False)
    project = sdk.projects.get("team/app", lazy=True)
    issue, merge = project.issues.get(42, lazy=True), project.mergerequests.get(7, lazy=True)
    return [
        Row("getProjects", {"search": "app", "per_page": 20}, lambda: sdk.projects.list(search="app", per_page=20, get_all=False),
            {"query.membership": "ours asks for the projects that one is a member of, unless told otherwise"}),
        Row("getProject", {"id": "team/app"}, lambda: sdk.projects.get("team/app")),
        Row("getProjectIssues", {"id": "team/app", "state": "opened", "per_page": 20},
            lambda: project.issues.list(state="opened", per_page=20, get_all=False)),
        Row("getProjectIssue", {"id": "team/app", "iid": 42}, lambda: project.issues.get(42)),
        Row("createNewProjectIssue", {"id": "team/app", "title": "Login", "description": "Fails"},
            lambda: project.issues.create({"title": "Login", "description": "Fails"})),
        Row("updateProjectIssue", {"id": "team/app", "iid": 42, "state_event": "close"},
            lambda: project.issues.update(42, {"state_event": "close"})),
        Row("post_issue_notes", {"id": "team/app", "iid": 42, "body": "Fixed"}, lambda: issue.notes.create({"body": "Fixed"})),
        Row("mergeRequest", {"id": "team/app", "title": "Fix", "source_branch": "fix", "target_branch": "main"},
            lambda: project.mergerequests.create({"title": "Fix", "source_branch": "fix", "target_branch": "main"})),
        Row("mergeMergeRequest", {"id": "team/app", "merge_request_iid": 7, "should_remove_source_branch": True},
            lambda: merge.merge(should_remove_source_branch=True)),
        Row("post_pipeline", {"id": "team/app", "ref": "main"}, lambda: project.pipelines.create({"ref": "main"})),
        Row("get_repository_tree", {"id": "team/app", "path": "docs", "ref": "main", "per_page": 50},
            lambda: project.repository_tree(path="docs", ref="main", per_page=50, get_all=False),
            {"query.recursive": "the SDK writes its default out"}),
    ]


@platform
def jira(origin):
    import atlassian

    sdk = atlassian.Jira(url=origin, token="secret", cloud=True, api_version="3")
    body = {"type": "doc", "version": 1, "content": []}
    fields = {"project": {"key": "ABC"}, "issuetype": {"name": "Bug"}, "summary": "Login"}
    return [
        Row("getCurrentUser", {}, lambda: sdk.myself()),
        Row("getIssue", {"issueIdOrKey": "ABC-1", "fields": ["summary", "status"]}, lambda: sdk.issue("ABC-1", fields="summary,status")),
        Row("createIssue", {"project": "ABC", "issuetype": "Bug", "summary": "Login"}, lambda: sdk.create_issue(fields=fields),
            {"query.updateHistory": "the SDK writes its default out"}),
        Row("deleteIssue", {"issueIdOrKey": "ABC-1"}, lambda: sdk.delete_issue("ABC-1", delete_subtasks=False),
            {"query.deleteSubtasks": "the SDK writes its default out"}),
        Row("assignIssue", {"issueIdOrKey": "ABC-1", "accountId": "5b10"}, lambda: sdk.assign_issue("ABC-1", "5b10")),
        Row("getTransitions", {"issueIdOrKey": "ABC-1"}, lambda: sdk.get_issue_transitions_full("ABC-1")),
        Row("addComment", {"issueIdOrKey": "ABC-1", "body": body}, lambda: sdk.issue_add_comment("ABC-1", body)),
        Row("getIssueWorklog", {"issueIdOrKey": "ABC-1"}, lambda: sdk.issue_get_worklog("ABC-1"),
            {"query.maxResults": "ours asks for pages of its own size"}),
        Row("getFields", {}, lambda: sdk.get_all_fields()),
    ]


@platform
def salesforce(origin):
    import requests
    from simple_salesforce import Salesforce

    sdk = Salesforce(session_id="secret", instance="example.my.salesforce.com", version="64.0", session=rewriting(requests.Session(), origin))
    one = "001000000000001AAA"
    return [
        Row("get_query", {"q": "SELECT Id FROM Account LIMIT 1"}, lambda: sdk.query("SELECT Id FROM Account LIMIT 1")),
        Row("get_limits", {}, lambda: sdk.limits()),
        Row("get_sobjects", {}, lambda: sdk.describe()),
        Row("get_sobjects_object_describe", {"object": "Account"}, lambda: sdk.Account.describe()),
        Row("get_sobjects_object_id", {"object": "Account", "id": one}, lambda: sdk.Account.get(one)),
        Row("post_sobjects_object", {"object": "Account", "fields": {"Name": "B"}}, lambda: sdk.Account.create({"Name": "B"})),
        Row("patch_sobjects_object_id", {"object": "Account", "id": one, "fields": {"Name": "C"}}, lambda: sdk.Account.update(one, {"Name": "C"})),
        Row("delete_sobjects_object_id", {"object": "Account", "id": one}, lambda: sdk.Account.delete(one)),
        Row("patch_sobjects_object_field_value", {"object": "Account", "field": "Ext__c", "value": "A 1", "fields": {"Name": "D"}},
            lambda: sdk.Account.upsert("Ext__c/A 1", {"Name": "D"})),
        Row("get_recent", {"limit": 5}, lambda: sdk.restful("recent", params={"limit": 5})),
        Row("get_limits_record_count", {"sObjects": ["Account", "Lead"]},
            lambda: sdk.restful("limits/recordCount", params={"sObjects": "Account,Lead"})),
        Row("get_analytics_reports", {}, lambda: sdk.restful("analytics/reports")),
    ]


@platform
def airtable(origin):
    import pyairtable

    sdk = pyairtable.Api("secret", endpoint_url=origin)
    table = sdk.table("appExampleBase001", "Tasks")
    here = {"baseId": "appExampleBase001", "tableIdOrName": "Tasks"}
    record = here | {"recordId": "rec00000000000001"}
    flags = {"body.typecast": "the SDK writes its default out", "body.returnFieldsByFieldId": "the SDK writes its default out"}
    column = [{"name": "Name", "type": "singleLineText"}]
    changed = [{"id": "rec00000000000001", "fields": {"Name": "B"}}, {"id": "rec00000000000002", "fields": {"Name": "C"}}]
    gone = ["rec00000000000001", "rec00000000000002"]
    # Too long for a URL: the SDK sends it as ours goes always.
    long = "OR(" + ",".join(f'{{Name}}="{number}"' for number in range(750)) + ")"
    return [
        Row("get-user-id-scopes", {}, lambda: sdk.whoami()),
        Row("list-bases", {}, lambda: sdk.bases()),
        Row("get-base-schema", {"baseId": "appExampleBase001"}, lambda: table.base.tables(),
            {"query.include": "the SDK asks for more of each view"}),
        Row("get-record", record, lambda: table.get("rec00000000000001")),
        Row("create-records", here | {"records": [{"fields": {"Name": "A"}}]}, lambda: table.batch_create([{"Name": "A"}]), flags),
        Row("update-record", record | {"fields": {"Name": "B"}}, lambda: table.update("rec00000000000001", {"Name": "B"}), flags),
        Row("delete-record", record, lambda: table.delete("rec00000000000001")),
        Row("create-comment", record | {"text": "Hi"}, lambda: table.add_comment("rec00000000000001", "Hi")),
        Row("list-records", here | {"filterByFormula": long, "pageSize": 50, "maxRecords": 70, "view": "Grid"},
            lambda: table.all(formula=long, page_size=50, max_records=70, view="Grid")),
        Row("update-multiple-records", here | {"records": changed}, lambda: table.batch_update(changed), flags),
        Row("delete-multiple-records", here | {"records": gone}, lambda: table.batch_delete(gone)),
        Row("list-comments", record | {"pageSize": 100}, lambda: table.comments("rec00000000000001"),
            {"query.pageSize": "the SDK leaves the size of a page to the platform"}),
        Row("create-field", {"baseId": "appExampleBase001", "tableId": "tbl00000000000001", "name": "Due", "type": "date"},
            lambda: sdk.table("appExampleBase001", "tbl00000000000001").create_field("Due", "date")),
        Row("create-table", {"baseId": "appExampleBase001", "name": "T", "fields": column}, lambda: table.base.create_table("T", column)),
    ]


SUFFIX = {"suffix": "the SDK writes .json at the end, which names the same resource"}


@platform
def zendesk(origin):
    import requests
    import zenpy
    from zenpy.lib.api_objects import Comment, Ticket, User

    sdk = zenpy.Zenpy(subdomain="example", oauth_token="secret", session=rewriting(requests.Session(), origin), disable_cache=True)
    return [
        Row("ShowCurrentUser", {}, lambda: sdk.users.me(), SUFFIX),
        Row("ShowTicket", {"ticket_id": 1}, lambda: sdk.tickets(id=1), SUFFIX),
        Row("CreateTicket", {"subject": "Help", "comment": "It smokes", "priority": "high"},
            lambda: sdk.tickets.create(Ticket(subject="Help", comment=Comment(body="It smokes"), priority="high")), SUFFIX),
        Row("UpdateTicket", {"ticket_id": 1, "status": "solved"}, lambda: sdk.tickets.update(Ticket(id=1, status="solved")),
            SUFFIX | {"body.ticket.id": "the SDK repeats the id of the path in the body"}),
        Row("DeleteTicket", {"ticket_id": 1}, lambda: sdk.tickets.delete(Ticket(id=1)),
            SUFFIX | {"body.ticket.id": "the SDK repeats the id of the path in the body"}),
        Row("ShowUser", {"user_id": 9}, lambda: sdk.users(id=9), SUFFIX),
        Row("CreateUser", {"name": "Ana", "email": "ana@example.com"},
            lambda: sdk.users.create(User(name="Ana", email="ana@example.com")),
            SUFFIX | {"body.user.role": "ours writes the platform's default out"}),
        Row("ShowOrganization", {"organization_id": 5}, lambda: sdk.organizations(id=5), SUFFIX),
    ]


@platform
def quickbooks(origin):
    import quickbooks as library
    from quickbooks.objects.base import Ref
    from quickbooks.objects.customer import Customer
    from quickbooks.objects.invoice import Invoice
    from quickbooks.objects.payment import Payment
    import requests

    class Session:
        """What the SDK wants of its OAuth library: an access token."""
        access_token, client_id, client_secret, refresh_token, realm_id, environment = "secret", "a", "b", "c", "9130", "production"

    sdk = library.QuickBooks(auth_client=Session(), company_id="4620816365291273470", minorversion=75)
    sdk.session = rewriting(requests.Session(), origin)
    sdk.session.access_token = "secret"
    minor = {
        "query.minorversion": "which revision of the API is spoken is each one's own choice",
        "path.company": "the company is the connection's",
    }
    made = {
        "query.requestid": "ours writes a key that lets the platform know a repeated call",
        "body.*": "the SDK writes every field of its class out, empty ones too", "body.domain": "the SDK names the product",
        "body.Active": "the SDK writes a default out", "body.Taxable": "the SDK writes a default out",
    }
    customer = Customer()
    customer.DisplayName = "Ana"
    payment = Payment()
    payment.TotalAmt = 20
    payment.CustomerRef = Ref()
    payment.CustomerRef.value = "1"
    return [
        Row("get_customer", {"customer_id": "1"}, lambda: Customer.get("1", qb=sdk), minor),
        Row("get_invoice", {"invoice_id": "7"}, lambda: Invoice.get("7", qb=sdk), minor),
        Row("get_payment", {"payment_id": "8"}, lambda: Payment.get("8", qb=sdk), minor),
        Row("post_customer", {"DisplayName": "Ana"}, lambda: customer.save(qb=sdk), minor | made),
        Row("post_payment", {"customer_id": "1", "TotalAmt": 20}, lambda: payment.save(qb=sdk), minor | made),
        Row("get_reports_profit_and_loss", {"start_date": "2026-01-01"}, lambda: sdk.get_report("ProfitAndLoss", {"start_date": "2026-01-01"}), minor),
    ]


@platform
def pagerduty(origin):
    import httpx2
    import pagerduty as library

    class Rewriting(httpx2.HTTPTransport):
        def handle_request(self, request):
            request.url = httpx2.URL(origin + request.url.raw_path.decode())
            return super().handle_request(request)

    sdk = library.RestApiV2Client("secret", default_from="ana@example.com")
    sdk._transport, sdk._mounts = Rewriting(), {}
    incident = {"type": "incident", "title": "Fire", "service": {"id": "PS1", "type": "service_reference"}}
    return [
        Row("listAbilities", {}, lambda: sdk.get("/abilities")),
        Row("getIncident", {"id": "P1"}, lambda: sdk.get("/incidents/P1")),
        Row("getCurrentUser", {}, lambda: sdk.get("/users/me")),
        Row("createIncident", {"title": "Fire", "service": "PS1"}, lambda: sdk.post("/incidents", json={"incident": incident})),
        Row("listIncidentNotes", {"id": "P1"}, lambda: sdk.get("/incidents/P1/notes")),
        Row("createIncidentNote", {"id": "P1", "content": "Seen"}, lambda: sdk.post("/incidents/P1/notes", json={"note": {"content": "Seen"}})),
        Row("getService", {"id": "PS1"}, lambda: sdk.get("/services/PS1")),
    ]


@platform
def telegram(origin):
    import asyncio

    import telegram as library

    def bot():
        return library.Bot("secret", base_url=origin + "/bot")  # one for each call, which has an event loop of its own

    way = {
        "method": "the platform takes GET and POST for every method, and arguments in the query or the body",
        "header.content-type": "the platform takes JSON and forms",
    }
    return [
        Row("sendMessage", {"chat_id": "42", "text": "Hello"}, lambda: asyncio.run(bot().send_message(42, "Hello")), way),
        Row("getMe", {}, lambda: asyncio.run(bot().get_me()), way),
        Row("deleteMessage", {"chat_id": "42", "message_id": 7}, lambda: asyncio.run(bot().delete_message(42, 7)), way),
        Row("getChat", {"chat_id": "42"}, lambda: asyncio.run(bot().get_chat(42)), way),
        Row("getChatMember", {"chat_id": "42", "user_id": 9}, lambda: asyncio.run(bot().get_chat_member(42, 9)), way),
    ]


@platform
def dropbox(origin):
    import dropbox as library
    import requests
    from dropbox import files, sharing

    session = rewriting(requests.Session(), origin)
    sdk = library.Dropbox("secret", session=session, max_retries_on_error=0, max_retries_on_rate_limit=0)
    whole = {"body.*": "the SDK writes every default out"}
    mounted = whole | {
        "body.include_mounted_folders": "the SDK writes a default out", "body.include_non_downloadable_files": "the SDK writes a default out",
    }
    hashed = whole | {"body.content_hash": "the SDK adds the content's hash"}
    ben = sharing.MemberSelector.email("ben@example.com")
    address = {".tag": "email", "email": "ben@example.com"}
    look = files.SearchOptions(path="/Projects", max_results=5, filename_only=True, file_categories=[files.FileCategory.pdf])
    looked = {"query": "rent", "path": "/Projects", "max_results": 5, "filename_only": True, "file_categories": ["pdf"]}
    until = sharing.SharedLinkSettings(audience=sharing.LinkAudience.team, expires=datetime.datetime(2026, 2, 1))
    link = {"path": "/Projects/Rent.pdf", "audience": "team", "expires": "2026-02-01T00:00:00Z"}
    return [
        Row("users/get_current_account", {}, lambda: sdk.users_get_current_account()),
        Row("users/get_space_usage", {}, lambda: sdk.users_get_space_usage()),
        Row("files/list_folder", {"path": "/Projects", "recursive": True, "limit": 7},
            lambda: sdk.files_list_folder("/Projects", recursive=True, limit=7), mounted),
        Row("files/list_folder/continue", {"cursor": "ZtkX9"}, lambda: sdk.files_list_folder_continue("ZtkX9")),
        Row("files/search_v2", looked, lambda: sdk.files_search_v2("rent", options=look), whole),
        Row("files/search/continue_v2", {"cursor": "ZtkX9"}, lambda: sdk.files_search_continue_v2("ZtkX9")),
        Row("files/get_metadata", {"path": "/Projects", "include_deleted": True},
            lambda: sdk.files_get_metadata("/Projects", include_deleted=True), whole),
        Row("files/download", {"path": "/Übersicht 🚀.txt"}, lambda: sdk.files_download("/Übersicht 🚀.txt")),
        Row("files/export", {"path": "/Plan.paper", "export_format": "markdown"},
            lambda: sdk.files_export("/Plan.paper", export_format="markdown")),
        Row("files/get_temporary_link", {"path": "/Rent.pdf"}, lambda: sdk.files_get_temporary_link("/Rent.pdf")),
        Row("files/upload", {"path": "/Übersicht.txt", "content": {"name": "a.txt", "type": "text/plain", "text": "Grüße"}, "mode": "overwrite"},
            lambda: sdk.files_upload("Grüße".encode(), "/Übersicht.txt", mode=files.WriteMode.overwrite), hashed),
        Row("files/paper/create", {"path": "/Plan.paper", "content": "# Plan", "import_format": "markdown"},
            lambda: sdk.files_paper_create(b"# Plan", "/Plan.paper", files.ImportFormat.markdown)),
        Row("files/save_url", {"path": "/a.pdf", "url": "https://example.com/a.pdf"}, lambda: sdk.files_save_url("/a.pdf", "https://example.com/a.pdf")),
        Row("files/save_url/check_job_status", {"async_job_id": "34g93hh34h"}, lambda: sdk.files_save_url_check_job_status("34g93hh34h")),
        Row("files/create_folder_v2", {"path": "/Invoices"}, lambda: sdk.files_create_folder_v2("/Invoices"), whole),
        Row("files/move_v2", {"from_path": "/a", "to_path": "/b", "autorename": True},
            lambda: sdk.files_move_v2("/a", "/b", autorename=True), whole),
        Row("files/copy_v2", {"from_path": "/a", "to_path": "/b"}, lambda: sdk.files_copy_v2("/a", "/b"), whole),
        Row("files/delete_v2", {"path": "/a"}, lambda: sdk.files_delete_v2("/a"), whole),
        Row("files/list_revisions", {"path": "/a", "limit": 3}, lambda: sdk.files_list_revisions("/a", limit=3),
            whole | {"body.mode": "the SDK writes a default out"}),
        Row("files/restore", {"path": "/a", "rev": "a1c10ce0dd78"}, lambda: sdk.files_restore("/a", "a1c10ce0dd78")),
        Row("sharing/create_shared_link_with_settings", link,
            lambda: sdk.sharing_create_shared_link_with_settings("/Projects/Rent.pdf", until)),
        Row("sharing/list_shared_links", {"path": "/a", "direct_only": True}, lambda: sdk.sharing_list_shared_links("/a", direct_only=True)),
        Row("sharing/revoke_shared_link", {"url": "https://www.dropbox.com/a"}, lambda: sdk.sharing_revoke_shared_link("https://www.dropbox.com/a")),
        Row("sharing/add_file_member", {"file": "/a", "members": [address], "access_level": "editor"},
            lambda: sdk.sharing_add_file_member("/a", [ben], access_level=sharing.AccessLevel.editor), whole),
        Row("sharing/share_folder", {"path": "/Projects", "member_policy": "team"},
            lambda: sdk.sharing_share_folder("/Projects", member_policy=sharing.MemberPolicy.team),
            whole | {"body.access_inheritance": "the SDK writes a default out"}),
        Row("sharing/add_folder_member", {"shared_folder_id": "84528192421", "members": [{"member": address, "access_level": "editor"}]},
            lambda: sdk.sharing_add_folder_member("84528192421", [sharing.AddMember(ben, sharing.AccessLevel.editor)]), whole),
        Row("sharing/list_folder_members", {"shared_folder_id": "84528192421", "limit": 9},
            lambda: sdk.sharing_list_folder_members("84528192421", limit=9)),
        Row("file_requests/create", {"title": "Photos", "destination": "/Photos"},
            lambda: sdk.file_requests_create("Photos", "/Photos"), whole | {"body.open": "the SDK writes a default out"}),
        Row("file_requests/list_v2", {"limit": 9}, lambda: sdk.file_requests_list_v2(limit=9)),
    ]


def main():
    name = sys.argv[1]
    with Recorder() as recorder:
        for row in ROWS[name](recorder.origin):
            before, fault = len(recorder.requests), None
            # The recorder answers with an empty object: what an SDK makes of that is not looked at.
            try:
                with contextlib.redirect_stdout(sys.stderr):
                    row.call()
            except Exception as error:
                fault = f"{type(error).__name__}: {error}"[:300]
            sent = [request.line() for request in recorder.requests[before:]]
            print(json.dumps({"action": row.action, "arguments": row.arguments, "differs": row.differs, "sent": sent, "fault": fault}), flush=True)


if __name__ == "__main__":
    main()
