"""The tables of SDK calls for Freshdesk, ClickUp, Asana, Mailchimp and Datadog, as those in sdk_calls.py."""

from sdk_rows import Row, platform, rewrite_every_session, rewriting


@platform
def freshdesk(origin):
    from freshdesk.v2 import api

    sdk = api.API("example.freshdesk.com", "secret")
    rewriting(sdk._session, origin)
    tickets, talk, people, companies = sdk.tickets, sdk.comments, sdk.contacts, sdk.companies
    ticket = {"subject": "Fire", "description": "<p>It smokes</p>", "email": "ana@example.com", "priority": 3}
    page = {"query.page": "the SDK writes the first page's number out, ours leaves it to the platform"}
    person = {"body.view_all_tickets": "the SDK writes a default of its own out", "body.description": "the SDK writes a text of its own"}
    return [
        Row("get_agents_me", {}, lambda: sdk.agents.currently_authenticated_agent()),
        Row("get_tickets", {"filter": "watching", "per_page": 50}, lambda: tickets.list_tickets(filter_name="watching", per_page=50), page | {
            "query.per_page": "the SDK writes it twice"}),
        Row("get_tickets_id", {"id": 20, "include": ["stats", "requester"]}, lambda: tickets.get_ticket(20, "stats", "requester")),
        Row("get_search_tickets", {"query": '"status:2 AND priority:4"'}, lambda: tickets.filter_tickets("status:2 AND priority:4", page=1), page),
        Row("post_tickets", ticket, lambda: tickets.create_ticket(**ticket)),
        Row("put_tickets_id", {"id": 20, "status": 4, "tags": ["fire"]}, lambda: tickets.update_ticket(20, status=4, tags=["fire"])),
        Row("delete_tickets_id", {"id": 20}, lambda: tickets.delete_ticket(20)),
        Row("get_tickets_id_conversations", {"id": 20, "per_page": 100}, lambda: talk.list_comments(20), page),
        Row("post_tickets_id_reply", {"id": 20, "body": "<p>Soon</p>"}, lambda: talk.create_reply(20, "<p>Soon</p>")),
        Row("post_tickets_id_notes", {"id": 20, "body": "<p>Old</p>", "private": False},
            lambda: talk.create_note(20, "<p>Old</p>", private=False)),
        Row("get_ticket_fields", {}, lambda: sdk.ticket_fields.list_ticket_fields()),
        Row("get_contacts", {"email": "ana@example.com", "per_page": 100}, lambda: people.list_contacts(email="ana@example.com"), page),
        Row("get_contacts_id", {"id": 434}, lambda: people.get_contact(434)),
        Row("post_contacts", {"name": "Ana", "email": "ana@example.com"}, lambda: people.create_contact(name="Ana", email="ana@example.com"), person),
        Row("put_contacts_id", {"id": 434, "job_title": "Chief"}, lambda: people.update_contact(434, job_title="Chief")),
        Row("get_companies", {"per_page": 100}, lambda: companies.list_companies(), page),
        Row("post_companies", {"name": "Acme", "domains": ["acme.example"]}, lambda: companies.create_company(name="Acme", domains=["acme.example"])),
        Row("get_groups", {"per_page": 100}, lambda: sdk.groups.list_groups(), page),
    ]


@platform
def clickup(origin):
    from clickup_apiV2 import Client

    rewrite_every_session(origin)
    sdk = Client("secret")
    ours = {"query.archived": "ours asks for what is not archived, which is the platform's default"}
    task = {"name": "Bake", "status": "Open", "priority": 2, "assignees": [7], "tags": ["oven"]}
    more = {key: value for key, value in task.items() if key != "name"}
    return [
        Row("GetAuthorizedTeams", {}, lambda: sdk.get_team_id()),
        Row("GetSpaces", {"team_id": "123"}, lambda: sdk.get_workspaces("123"), ours),
        Row("GetFolders", {"space_id": "790"}, lambda: sdk.get_workspace_folders("790"), ours),
        Row("GetFolderlessLists", {"space_id": "790"}, lambda: sdk.get_workspace_lists("790"), ours),
        Row("GetLists", {"folder_id": "457"}, lambda: sdk.get_folder_lists("457"), ours),
        Row("GetTasks", {"list_id": "124"}, lambda: sdk.get_list_tasks("124"),
            {"query.page": "ours writes the first page's number out, which is the platform's default"}),
        Row("GetAccessibleCustomFields", {"list_id": "124"}, lambda: sdk.get_list_custom_fields("124")),
        Row("CreateTask", {"list_id": "124", **task}, lambda: sdk.create_task("124", "Bake", more)),
        Row("UpdateTask", {"task_id": "9hx", "status": "done", "name": "Baked"}, lambda: sdk.update_task("9hx", {"status": "done", "name": "Baked"})),
        Row("SetCustomFieldValue", {"task_id": "9hx", "field_id": "b955", "value": 42}, lambda: sdk.set_custom_field_value("9hx", "b955", 42)),
        Row("DeleteTask", {"task_id": "9hx"}, lambda: sdk.delete_task("9hx")),
    ]


@platform
def asana(origin):
    import asana as library

    how = library.Configuration()
    how.access_token, how.host, how.return_page_iterator = "secret", origin + "/api/1.0", False
    client = library.ApiClient(how)
    tasks, projects, stories = library.TasksApi(client), library.ProjectsApi(client), library.StoriesApi(client)
    sections, spaces, people = library.SectionsApi(client), library.WorkspacesApi(client), library.UsersApi(client)
    fields = {"query.opt_fields": "ours names the fields that it shows"}
    twice = {"query.body": "the SDK writes the body into the query too"}
    made = {"name": "Bake", "workspace": "15793", "projects": ["14916"], "due_on": "2026-12-01"}
    return [
        Row("getUser", {"user_gid": "me"}, lambda: people.get_user("me", {}), fields),
        Row("getWorkspaces", {"limit": 10}, lambda: spaces.get_workspaces({"limit": 10}), fields),
        Row("getTasks", {"assignee": "me", "workspace": "15793", "limit": 10},
            lambda: tasks.get_tasks({"assignee": "me", "workspace": "15793", "limit": 10}), fields),
        Row("getTask", {"task_gid": "321654"}, lambda: tasks.get_task("321654", {}), fields),
        Row("searchTasksForWorkspace", {"workspace_gid": "15793", "text": "oven", "assignee.any": "me", "limit": 5},
            lambda: tasks.search_tasks_for_workspace("15793", {"text": "oven", "assignee.any": "me", "limit": 5}), fields),
        Row("createTask", made, lambda: tasks.create_task({"data": made}, {}), fields),
        Row("updateTask", {"task_gid": "321654", "completed": True}, lambda: tasks.update_task({"data": {"completed": True}}, "321654", {}), fields),
        Row("deleteTask", {"task_gid": "321654"}, lambda: tasks.delete_task("321654")),
        Row("createSubtaskForTask", {"task_gid": "321654", "name": "Knead"},
            lambda: tasks.create_subtask_for_task({"data": {"name": "Knead"}}, "321654", {}), fields),
        Row("addProjectForTask", {"task_gid": "321654", "project": "14916"},
            lambda: tasks.add_project_for_task({"data": {"project": "14916"}}, "321654")),
        Row("createStoryForTask", {"task_gid": "321654", "text": "Done"},
            lambda: stories.create_story_for_task({"data": {"text": "Done"}}, "321654", {}), fields),
        Row("createProject", {"name": "Bread", "workspace": "15793"},
            lambda: projects.create_project({"data": {"name": "Bread", "workspace": "15793"}}, {}), fields),
        Row("createSectionForProject", {"project_gid": "14916", "name": "Next"},
            lambda: sections.create_section_for_project("14916", {"body": {"data": {"name": "Next"}}}), twice),
        Row("addTaskForSection", {"section_gid": "321", "task": "321654"},
            lambda: sections.add_task_for_section("321", {"body": {"data": {"task": "321654"}}}), twice),
    ]


@platform
def mailchimp(origin):
    import mailchimp_marketing

    sdk = mailchimp_marketing.Client()
    sdk.set_config({"access_token": "secret", "server": "us6"})
    sdk.api_client.host = origin + "/3.0"
    who, ana = "c4ca4238a0b923820dcc509a6f75849b", {"email_address": "ana@example.com", "status": "subscribed"}
    person = {"list_id": "a1b2", "subscriber_hash": who}
    left = {"query.fields": "ours names the fields that it shows", "query.exclude_fields": "ours leaves out what it does not show"}
    setting = {"subject_line": "News", "from_name": "Acme", "reply_to": "news@example.com"}
    campaign = {"type": "regular", "recipients": {"list_id": "a1b2"}, "settings": setting}
    tags = [{"name": "vip", "status": "active"}]
    return [
        Row("getRoot", {}, lambda: sdk.root.get_root(), left),
        Row("getLists", {"count": 5}, lambda: sdk.lists.get_all_lists(count=5), left),
        Row("getListsIdMembers", {"list_id": "a1b2", "status": "subscribed", "count": 5},
            lambda: sdk.lists.get_list_members_info("a1b2", status="subscribed", count=5), left),
        Row("getListsIdMembersId", person, lambda: sdk.lists.get_list_member("a1b2", who), left),
        Row("postListsIdMembers", {"list_id": "a1b2", **ana, "merge_fields": {"FNAME": "Ana"}},
            lambda: sdk.lists.add_list_member("a1b2", {**ana, "merge_fields": {"FNAME": "Ana"}})),
        Row("putListsIdMembersId", {**person, "email_address": "ana@example.com", "status_if_new": "pending"},
            lambda: sdk.lists.set_list_member("a1b2", who, {"email_address": "ana@example.com", "status_if_new": "pending"})),
        Row("patchListsIdMembersId", {**person, "status": "unsubscribed"},
            lambda: sdk.lists.update_list_member("a1b2", who, {"status": "unsubscribed"})),
        Row("deleteListsIdMembersId", person, lambda: sdk.lists.delete_list_member("a1b2", who)),
        Row("postListMemberTags", {**person, "tags": tags}, lambda: sdk.lists.update_list_member_tags("a1b2", who, {"tags": tags})),
        Row("postCampaigns", {"type": "regular", "list_id": "a1b2", **setting}, lambda: sdk.campaigns.create(campaign)),
        Row("putCampaignsIdContent", {"campaign_id": "42", "html": "<p>Hi</p>"}, lambda: sdk.campaigns.set_content("42", {"html": "<p>Hi</p>"})),
        Row("postCampaignsIdActionsSend", {"campaign_id": "42"}, lambda: sdk.campaigns.send("42")),
        Row("deleteCampaignsId", {"campaign_id": "42"}, lambda: sdk.campaigns.remove("42")),
        Row("getReportsId", {"campaign_id": "42"}, lambda: sdk.reports.get_campaign_report("42"), left),
    ]


@platform
def datadog(origin):
    from datadog_api_client import ApiClient, Configuration
    from datadog_api_client.v1.api import dashboards_api, events_api, hosts_api, logs_api, metrics_api, monitors_api
    from datadog_api_client.v1.api import service_level_objectives_api as slos_api
    from datadog_api_client.v1.model.event_create_request import EventCreateRequest
    from datadog_api_client.v1.model.host_mute_settings import HostMuteSettings
    from datadog_api_client.v1.model.logs_list_request import LogsListRequest
    from datadog_api_client.v1.model.metrics_payload import MetricsPayload
    from datadog_api_client.v1.model.monitor import Monitor
    from datadog_api_client.v1.model.monitor_update_request import MonitorUpdateRequest
    from datadog_api_client.v1.model.service_level_objective_request import ServiceLevelObjectiveRequest
    from datadog_api_client.v2.api import downtimes_api, incidents_api
    from datadog_api_client.v2.model.downtime_create_request import DowntimeCreateRequest

    how = Configuration(host=origin, api_key={"apiKeyAuth": "secret", "appKeyAuth": "secret"})
    how.compress, how.check_input_type = False, False
    how.unstable_operations["search_incidents"] = True
    sdk = ApiClient(how)
    monitors, metrics, downtimes = monitors_api.MonitorsApi(sdk), metrics_api.MetricsApi(sdk), downtimes_api.DowntimesApi(sdk)
    load = {"name": "Load", "type": "metric alert", "query": "avg(last_5m):avg:system.load.1{*} > 4", "priority": 2}
    quiet = {"scope": "env:staging", "message": "Move", "end": "2026-01-31T20:00:00+00:00"}
    attributes = {"scope": "env:staging", "message": "Move", "monitor_identifier": {"monitor_tags": ["*"]}, "schedule": {"end": quiet["end"]}}
    entries = {"query": "status:error", "sort": "desc", "limit": 5}
    time = {"from": "2026-01-31T08:00:00+00:00", "to": "2026-01-31T09:00:00+00:00"}
    deployed = {"title": "Deployed", "text": "Shop 1.4", "tags": ["env:prod"], "alert_type": "info"}
    works = {"name": "Checkout works", "type": "monitor", "monitor_ids": [35534610]}
    target = [{"target": 99.9, "timeframe": "30d"}]
    return [
        Row("ListMonitors", {"monitor_tags": "service:shop", "page_size": 2, "cursor": "5"},
            lambda: monitors.list_monitors(page=0, page_size=2, monitor_tags="service:shop", id_offset=5)),
        Row("SearchMonitors", {"query": "status:Alert", "per_page": 3}, lambda: monitors.search_monitors(query="status:Alert", per_page=3)),
        Row("GetMonitor", {"monitor_id": 35534610, "group_states": "alert"},
            lambda: monitors.get_monitor(35534610, group_states="alert", with_downtimes=True)),
        Row("CreateMonitor", {**load, "thresholds": {"critical": 4.0}},
            lambda: monitors.create_monitor(Monitor(**load, options={"thresholds": {"critical": 4.0}}))),
        Row("UpdateMonitor", {"monitor_id": 35534610, "message": "@slack-ops"},
            lambda: monitors.update_monitor(35534610, MonitorUpdateRequest(message="@slack-ops"))),
        Row("DeleteMonitor", {"monitor_id": 35534610, "force": "true"}, lambda: monitors.delete_monitor(35534610, force="true")),
        Row("ListDowntimes", {"current_only": True, "page_limit": 3}, lambda: downtimes.list_downtimes(current_only=True, page_limit=3)),
        Row("CreateDowntime", {**quiet, "monitor": {"monitor_tags": ["*"]}},
            lambda: downtimes.create_downtime(DowntimeCreateRequest(data={"type": "downtime", "attributes": attributes}))),
        Row("CancelDowntime", {"downtime_id": "85428b34-0187"}, lambda: downtimes.cancel_downtime("85428b34-0187")),
        Row("SearchIncidents", {"query": "state:active", "sort": "-created", "page_size": 3},
            lambda: incidents_api.IncidentsApi(sdk).search_incidents("state:active", sort="-created", page_size=3)),
        Row("QueryMetrics", {"from": 1767225600, "to": 1767229200, "query": "avg:system.cpu.user{*}"},
            lambda: metrics.query_metrics(1767225600, 1767229200, "avg:system.cpu.user{*}")),
        Row("ListActiveMetrics", {"from": 1767225600, "host": "web1"}, lambda: metrics.list_active_metrics(1767225600, host="web1")),
        Row("SubmitMetrics", {"series": [{"metric": "shop.orders", "points": [[1767225600.0, 12.5]]}]},
            lambda: metrics.submit_metrics(MetricsPayload(series=[{"metric": "shop.orders", "points": [[1767225600.0, 12.5]]}]))),
        Row("ListLogs", {**entries, **time}, lambda: logs_api.LogsApi(sdk).list_logs(LogsListRequest(**entries, time=time))),
        Row("ListEvents", {"start": 1767225600, "end": 1767229200, "tags": "env:prod"},
            lambda: events_api.EventsApi(sdk).list_events(1767225600, 1767229200, tags="env:prod", unaggregated=True)),
        Row("CreateEvent", deployed, lambda: events_api.EventsApi(sdk).create_event(EventCreateRequest(**deployed))),
        Row("ListHosts", {"filter": "env:prod", "count": 3}, lambda: hosts_api.HostsApi(sdk).list_hosts(filter="env:prod", count=3)),
        Row("MuteHost", {"host_name": "web1", "end": 1767229200},
            lambda: hosts_api.HostsApi(sdk).mute_host("web1", HostMuteSettings(end=1767229200))),
        Row("ListDashboards", {"shared": True, "count": 3}, lambda: dashboards_api.DashboardsApi(sdk).list_dashboards(filter_shared=True, count=3)),
        Row("ListSLOs", {"query": "checkout", "limit": 3}, lambda: slos_api.ServiceLevelObjectivesApi(sdk).list_slos(query="checkout", limit=3)),
        Row("CreateSLO", {**works, "thresholds": target},
            lambda: slos_api.ServiceLevelObjectivesApi(sdk).create_slo(ServiceLevelObjectiveRequest(**works, thresholds=target))),
    ]
