// Pipedrive's own SDK: its calls beside our actions.
import { createRequire } from "node:module";

const { v1, v2 } = createRequire(import.meta.url)("pipedrive");

export default function rows(origin) {
    const of = (version, path) => new version.Configuration({ apiKey: "secret", basePath: origin + path });
    const deals = new v2.DealsApi(of(v2, "/api/v2"));
    const persons = new v2.PersonsApi(of(v2, "/api/v2"));
    const activities = new v2.ActivitiesApi(of(v2, "/api/v2"));
    const notes = new v1.NotesApi(of(v1, "/api/v1"));
    const users = new v1.UsersApi(of(v1, "/api/v1"));
    const deal = { title: "Roof", value: 100, currency: "EUR" };
    return [
        ["getCurrentUser", {}, () => users.getCurrentUser()],
        ["getDeals", { status: "open", limit: 2 }, () => deals.getDeals({ status: "open", limit: 2 })],
        ["getDeal", { id: 5 }, () => deals.getDeal({ id: 5 })],
        ["addDeal", deal, () => deals.addDeal({ AddDealRequest: deal })],
        ["updateDeal", { id: 5, status: "won" }, () => deals.updateDeal({ id: 5, UpdateDealRequest: { status: "won" } })],
        ["deleteDeal", { id: 5 }, () => deals.deleteDeal({ id: 5 })],
        ["searchPersons", { term: "ana", limit: 3 }, () => persons.searchPersons({ term: "ana", limit: 3 })],
        ["addActivity", { subject: "Call" }, () => activities.addActivity({ AddActivityRequest: { subject: "Call" } }),
            { "body.type": "ours writes the kind that most activities are" }],
        ["addNote", { content: "Hello", deal_id: 5 }, () => notes.addNote({ AddNoteRequest: { content: "Hello", deal_id: 5 } })],
    ];
}
