// confluence.js, the usual client of Confluence Cloud: its calls of both versions of the API beside our actions.
import { createV1Client, createV2Client } from "confluence.js";

export default function rows(origin) {
    const how = { host: origin, auth: { type: "bearer", token: "secret" } };
    const [old, sdk] = [createV1Client(how), createV2Client(how)];
    const text = { representation: "storage", value: "<p>Hi</p>" };
    const labels = [{ prefix: "global", name: "plan" }];
    const storage = { "query.body-format": "ours asks for the text, which the platform leaves out by itself" };
    return [
        ["getCurrentUser", {}, () => old.users.getCurrentUser({})],
        ["searchByCQL", { cql: "type = page and text ~ roof", limit: 5 }, () => old.search.searchByCQL({ cql: "type = page and text ~ roof", limit: 5 })],
        ["addLabelsToContent", { id: "77", labels }, () => old.contentLabels.addLabelsToContent({ id: "77", body: labels })],
        ["getSpaces", { keys: ["ENG"], type: "global", limit: 5 }, () => sdk.space.getSpaces({ keys: ["ENG"], type: "global", limit: 5 })],
        ["getPages", { space_id: ["9"], title: "Plan", status: ["current"], limit: 5 },
            () => sdk.page.getPages({ spaceId: [9], title: "Plan", status: ["current"], limit: 5 })],
        ["getPageById", { id: "77", body_format: "view" }, () => sdk.page.getPageById({ id: 77, bodyFormat: "view" })],
        ["createPage", { spaceId: "9", title: "Plan", body: "<p>Hi</p>", parentId: "5", status: "draft" },
            () => sdk.page.createPage({ body: { spaceId: "9", title: "Plan", parentId: "5", status: "draft", body: text } })],
        ["updatePage", { id: "77", title: "Plan", body: "<p>Hi</p>", version: 3, message: "Typo" },
            () => sdk.page.updatePage({ id: 77, body: { id: "77", status: "current", title: "Plan", body: text, version: { number: 3, message: "Typo" } } })],
        ["updatePageTitle", { id: "77", title: "Plans" }, () => sdk.page.updatePageTitle({ id: 77, body: { status: "current", title: "Plans" } })],
        ["deletePage", { id: "77", purge: true }, () => sdk.page.deletePage({ id: 77, purge: true })],
        ["createFooterComment", { pageId: "77", body: "<p>Hi</p>" }, () => sdk.comment.createFooterComment({ pageId: "77", body: text })],
        ["getPageFooterComments", { id: "77", limit: 5 }, () => sdk.comment.getPageFooterComments({ id: 77, limit: 5 }), storage],
        ["getPageLabels", { id: "77", limit: 5 }, () => sdk.label.getPageLabels({ id: 77, limit: 5 })],
        ["getPageAttachments", { id: "77", filename: "a b.png", limit: 5 }, () => sdk.attachment.getPageAttachments({ id: 77, filename: "a b.png", limit: 5 })],
        ["getTasks", { status: "incomplete", space_id: ["9"], limit: 5 }, () => sdk.task.getTasks({ status: "incomplete", spaceId: [9], limit: 5 }), storage],
    ];
}
