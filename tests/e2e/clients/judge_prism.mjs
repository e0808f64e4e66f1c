// Judges requests by descriptions with the validators of Prism, without its server:
//
//     judge_prism.mjs SPEC…
//
// Lines of JSON as validator.py takes them, and answers as it gives them; `fields` of a line are those in which its
// description is known to be wrong. Prism drops the path of the server, so it is taken off here.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const { getHttpOperationsFromSpec } = require("@stoplight/prism-http");
const { validateInput } = require("@stoplight/prism-http/dist/validator");
const { default: route } = require("@stoplight/prism-http/dist/router");

const specs = process.argv.slice(2);

function mountOf(document) {
    const server = (document.servers ?? [{ url: document.basePath ?? "" }])[0];
    const url = server.url.replace(/\{(\w+)\}/g, (_, name) => server.variables?.[name]?.default ?? "x");
    return new URL(url, "http://platform.invalid").pathname.replace(/\/$/, "");
}

// Prism lets everything through where one schema cannot be compiled: `nullable` without `type` is such a one.
function mended(value) {
    if (Array.isArray(value)) return value.map(mended);
    if (value === null || typeof value !== "object") return value;
    const made = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mended(inner)]));
    if (made.nullable === true && made.type === undefined) delete made.nullable;
    if (made.discriminator?.propertyName) delete made.discriminator;
    // Prism fills in defaults, also of one alternative where another was meant, and then misses nothing.
    if (typeof made.type === "string") delete made.default;
    // Brackets in a form are no JSON to Prism; such requests come as the JSON that they say.
    const form = made["application/x-www-form-urlencoded"];
    if (form?.encoding && Object.values(form.encoding).some((one) => one.style === "deepObject")) {
        made["application/json"] ??= { schema: form.schema };
    }
    return made;
}

const judges = [];
for (const spec of specs) {
    const document = mended(JSON.parse(readFileSync(spec)));
    const mount = mountOf(document);
    // Servers are ours to replace; paths with a query or fragment only tell operations of one path apart.
    delete document.servers;
    for (const item of Object.values(document.paths)) {
        delete item.servers;
        for (const operation of Object.values(item)) if (operation && typeof operation === "object") delete operation.servers;
    }
    judges.push({ mount, operations: await getHttpOperationsFromSpec(document) });
}

function input(line, mount) {
    const url = new URL(line.target, "http://platform.invalid");
    const query = {};
    for (const [name, value] of url.searchParams) {
        query[name] = name in query ? [query[name], value].flat() : value;
    }
    const headers = Object.fromEntries(line.headers.map(([name, value]) => [name.toLowerCase(), value]));
    const text = Buffer.from(line.body, "latin1").toString("utf8");
    const json = (headers["content-type"] ?? "").includes("json");
    headers["content-length"] = String(Buffer.byteLength(text));
    const body = text === "" ? undefined : json ? JSON.parse(text) : text;
    const path = url.pathname.startsWith(mount) ? url.pathname.slice(mount.length) : url.pathname;
    return { method: line.method.toLowerCase(), url: { path, query }, headers, body };
}

function found(request, judge) {
    const way = route({ resources: judge.operations, input: request });
    return way._tag === "Right" ? way.right : null;
}

function faults(operation, request, fields) {
    const told = validateInput({ resource: operation, element: request });
    if (told._tag === "Right") return [];
    return told.left
        .filter((one) => !(one.path ?? []).some((part) => fields.includes(String(part).toLowerCase())))
        .filter((one) => !fields.includes((/required property '([^']+)'/.exec(one.message)?.[1] ?? "").toLowerCase()))
        // In a form one value is a list of one, which Prism does not know.
        .filter((one) => !(typeof request.body === "string" && one.message.endsWith("must be array")))
        .filter((one) => !(one.code === 415 && undescribed(request, fields)))
        .map((one) => `${(one.path ?? []).join(".")}: ${one.message}`);
}

// Whether the connector's file says of everything in the body that the description does not have it.
function undescribed(request, fields) {
    return Object.keys(request.body ?? {}).every((name) => fields.includes(name.toLowerCase()));
}

function* broken(operation, request, fields) {
    for (const one of operation.request?.query ?? []) {
        if (one.required && one.name in request.url.query && one.schema?.default === undefined) {
            const query = { ...request.url.query };
            delete query[one.name];
            yield [one.name, { ...request, url: { ...request.url, query } }];
        }
    }
    const content = (operation.request?.body?.contents ?? []).find((one) => one.mediaType.includes("json"));
    if (content && request.body && typeof request.body === "object") {
        for (const name of (content.schema?.required ?? []).filter((one) => !fields.includes(one.toLowerCase()))) {
            const body = { ...request.body };
            delete body[name];
            // An empty body is not looked at.
            yield [name, { ...request, body: Object.keys(body).length ? body : { "solder-control": 1 } }];
        }
    }
}

function judged(line) {
    for (const judge of judges) {
        for (const target of [line.target, judge.mount + (line.below ?? "")]) {
            const request = input({ ...line, target }, judge.mount);
            const operation = found(request, judge);
            if (!operation) continue;
            const fields = line.fields.map((name) => name.split(".")[0].toLowerCase());
            const wrong = faults(operation, request, fields);
            const controls = {};
            if (!wrong.length) {
                for (const [name, other] of broken(operation, request, fields)) {
                    controls[name] = faults(operation, other, fields).length > 0;
                }
            }
            controls["the path"] = !found({ ...request, url: { ...request.url, path: "/not-described/x/y/z" } }, judge);
            return { faults: wrong, controls, operation: operation.iid ?? operation.path };
        }
    }
    return { faults: ["Prism finds no operation"], controls: {}, operation: null };
}

for await (const text of createInterface({ input: process.stdin })) {
    let told;
    try {
        told = judged(JSON.parse(text));
    } catch (error) {
        told = { faults: [`the judge broke: ${error.stack.slice(0, 600)}`], controls: {}, operation: null };
    }
    console.log(JSON.stringify(told));
}
