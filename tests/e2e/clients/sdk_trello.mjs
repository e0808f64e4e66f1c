// trello.js, the usual client of Trello's API: its calls beside our actions.
import { createTrelloClient } from "trello.js";

export default function rows(origin) {
    const sdk = createTrelloClient({ host: `${origin}/1`, apiKey: "key", apiToken: "token", skipParsing: true });
    const credential = { "query.key": "ours shows the key in a header", "query.token": "ours shows the token in a header" };
    const fields = (...more) => Object.fromEntries(["fields", ...more].map((name) => [`query.${name}`, "ours names what it shows"]));
    const way = { place: "the platform takes parameters in the query or the body", "body.key": "as in the query", "body.token": "as in the query" };
    const card = { idList: "5abb", name: "Bake", desc: "Bread", due: "2026-12-01T09:00:00Z", pos: "top" };
    return [
        ["getMembersByIdMember", {}, () => sdk.members.getMember({ id: "me" }), { ...credential, ...fields() }],
        ["getMembersBoardsByIdMember", { filter: "open" }, () => sdk.members.getMemberBoards({ id: "me", filter: "open" }), { ...credential, ...fields() }],
        ["getBoardsByIdBoard", { idBoard: "5a00" }, () => sdk.boards.getBoard({ id: "5a00" }),
            { ...credential, ...fields("lists", "list_fields", "labels", "label_fields") }],
        ["getSearch", { query: "bread", cards_limit: 5 }, () => sdk.search.search({ query: "bread", cardsLimit: 5 }),
            { ...credential, ...fields("modelTypes", "card_fields", "card_board", "card_list", "partial") }],
        ["addCards", card, () => sdk.cards.createCard(card), way],
        ["updateCardsByIdCard", { idCard: "5c01", idList: "5abc", dueComplete: true },
            () => sdk.cards.updateCard({ id: "5c01", idList: "5abc", dueComplete: true }), way],
        ["deleteCardsByIdCard", { idCard: "5c01" }, () => sdk.cards.deleteCard({ id: "5c01" }), credential],
        ["addCardsActionsCommentsByIdCard", { idCard: "5c01", text: "Done" }, () => sdk.cards.createCardComment({ id: "5c01", text: "Done" }), way],
        ["addCardsIdMembersByIdCard", { idCard: "5c01", value: "5d00" }, () => sdk.cards.addCardMember({ id: "5c01", value: "5d00" }), way],
        ["addCardsChecklistsByIdCard", { idCard: "5c01", name: "Steps" }, () => sdk.cards.createCardChecklist({ id: "5c01", name: "Steps" }), way],
        ["post_checklist_checkitem", { idChecklist: "5e00", name: "Knead", checked: false },
            () => sdk.checklists.createChecklistItem({ id: "5e00", name: "Knead", checked: false }), way],
        ["addLists", { idBoard: "5a00", name: "Next", pos: "bottom" }, () => sdk.lists.createList({ idBoard: "5a00", name: "Next", pos: "bottom" }), way],
        ["addBoards", { name: "Bakery", desc: "Bread" }, () => sdk.boards.createBoard({ name: "Bakery", desc: "Bread" }), way],
    ];
}
