// Sentry's own client of its API, made of its description (its other packages send events): its calls beside our actions.
import * as sentry from "@sentry/api";

export default function rows(origin) {
    const call = (name, path, more) => () => sentry[name]({ baseUrl: origin, path, ...more });
    const here = { organization_id_or_slug: "acme" };
    const issue = { ...here, issue_id: 1234 };
    const release = { version: "app@1.2.0", projects: ["app"], ref: "6ba09a7" };
    const deploy = { environment: "production", name: "Friday" };
    const page = (reason) => ({ "query.per_page": reason ?? "ours asks for pages of its own size" });
    return [
        ["get_organizations", {}, call("listYourOrganizations", {})],
        ["get_organization_projects", { organization: "acme" }, call("listAnOrganization_sProjects", here), page()],
        ["get_organization_teams", { organization: "acme" }, call("listAnOrganization_sTeams", here), page()],
        ["get_organization_members", { organization: "acme" }, call("listAnOrganization_sMembers", here), page()],
        ["get_project", { organization: "acme", project: "app" },
            call("retrieveAProject", { ...here, project_id_or_slug: "app" })],
        ["get_organization_issues", { organization: "acme", query: "is:unresolved", project: [7], statsPeriod: "24h", sort: "freq", limit: 5 },
            call("listAnOrganization_sIssues", here, { query: { query: "is:unresolved", project: [7], statsPeriod: "24h", sort: "freq", limit: 5 } })],
        ["get_organization_issue", { organization: "acme", issue_id: "1234" }, call("retrieveAnIssue", issue)],
        ["put_organization_issue", { organization: "acme", issue_id: "1234", status: "resolved", assignedTo: "user:12" },
            call("updateAnIssue", issue, { body: { status: "resolved", assignedTo: "user:12" } })],
        ["put_organization_issues", { organization: "acme", id: [1, 2], status: "ignored" },
            call("bulkMutateAnOrganization_sIssues", here, { query: { id: [1, 2] }, body: { status: "ignored" } })],
        ["delete_organization_issue", { organization: "acme", issue_id: "1234" }, call("removeAnIssue", issue)],
        ["get_organization_issue_events", { organization: "acme", issue_id: "1234", query: "user.email:ana@example.com", statsPeriod: "14d" },
            call("listAnIssue_sEvents", issue, { query: { query: "user.email:ana@example.com", statsPeriod: "14d" } }), page()],
        ["get_organization_issue_event", { organization: "acme", issue_id: "1234", event_id: "latest" },
            call("retrieveAnIssueEvent", { ...issue, event_id: "latest" })],
        ["get_organization_issue_tag", { organization: "acme", issue_id: "1234", key: "browser" },
            call("retrieveTagDetails", { ...issue, key: "browser" })],
        ["get_short_id", { organization: "acme", short_id: "APP-1A" }, call("resolveAShortId", { ...here, issue_id: "APP-1A" })],
        ["get_event_id", { organization: "acme", event_id: "9999aaaaca8b46d797c23c6077c6ff01" },
            call("resolveAnEventId", { ...here, event_id: "9999aaaaca8b46d797c23c6077c6ff01" })],
        ["get_organization_events", { organization: "acme", field: ["title", "count()"], query: "level:error", statsPeriod: "1h", sort: "-count()", per_page: 5 },
            call("queryExploreEventsInTableFormat", here, {
                query: { field: ["title", "count()"], query: "level:error", statsPeriod: "1h", sort: "-count()", per_page: 5 },
            }), { "query.dataset": "ours leaves the data set to the platform's default" }],
        ["get_organization_releases", { organization: "acme", query: "app@" }, call("listAnOrganization_sReleases", here, { query: { query: "app@" } }), page()],
        ["get_organization_release", { organization: "acme", version: "app@1.2.0" },
            call("retrieveAnOrganization_sRelease", { ...here, version: "app@1.2.0" })],
        ["post_organization_releases", { organization: "acme", ...release }, call("createANewReleaseForAnOrganization", here, { body: release })],
        ["post_release_deploys", { organization: "acme", version: "app@1.2.0", ...deploy },
            call("createADeploy", { ...here, version: "app@1.2.0" }, { body: deploy })],
        ["get_organization_monitors", { organization: "acme", environment: "production" },
            call("retrieveMonitorsForAnOrganization", here, { query: { environment: ["production"] } }), page()],
        ["get_project_rules", { organization: "acme", project: "app" },
            call("deprecatedListAProject_sIssueAlertRules", { ...here, project_id_or_slug: "app" }), page()],
    ];
}
