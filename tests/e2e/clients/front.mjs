// Stands before a stand-in platform where that one has less than the platform itself, and says so on its output.
//
// `paths`: beginnings of paths that the platform serves on hosts of their own, and where the stand-in has them.
// `graphql`: documents may name fields, arguments and types that the stand-in's schema lacks; they are left out, each is told as
// `{"left": "Type.field"}`, and what remains goes on as it is. Values of variables are never touched.
import { createServer, request as ask } from "node:http";
import {
    buildClientSchema, getIntrospectionQuery, getNamedType, isCompositeType, parse, parseType, print, TypeInfo, visit, visitWithTypeInfo,
} from "graphql";

const told = JSON.parse(process.argv[2]);
const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const said = new Set();
let schema = null;

function leave(what) {
    if (!said.has(what)) {
        said.add(what);
        say({ left: what });
    }
    return null;
}

/** The document with what the stand-in knows of it. */
function known(document) {
    const types = new TypeInfo(schema);
    const wanted = new Map();
    const less = visit(document, visitWithTypeInfo(types, {
        Field: {
            enter(node) {
                return types.getFieldDef() ? undefined : leave(`${types.getParentType()}.${node.name.value}`);
            },
            leave(node) {
                const empty = node.selectionSet && node.selectionSet.selections.length === 0;
                return empty && isCompositeType(getNamedType(types.getType())) ? null : undefined;
            },
        },
        Argument: (node) => (types.getArgument() ? undefined : leave(`${types.getParentType()}.${types.getFieldDef().name}(${node.name.value})`)),
        VariableDefinition: () => false,
        Variable(node) {
            wanted.set(node.name.value, String(types.getInputType()));
        },
    }));
    return visit(less, {
        VariableDefinition(node) {
            const type = wanted.get(node.variable.name.value);
            return type ? { ...node, type: parseType(type) } : null;
        },
    });
}

function lessened(body) {
    const sent = JSON.parse(body);
    const document = known(parse(sent.query));
    const used = new Set(document.definitions.flatMap((one) => one.variableDefinitions ?? []).map((one) => one.variable.name.value));
    const variables = Object.fromEntries(Object.entries(sent.variables ?? {}).filter(([name]) => used.has(name)));
    return JSON.stringify({ ...sent, query: print(document), variables });
}

const server = createServer((from, to) => {
    const parts = [];
    from.on("data", (part) => parts.push(part));
    from.on("end", () => {
        let body = Buffer.concat(parts);
        if (schema && body.length) body = Buffer.from(lessened(body.toString()));
        const [begin] = Object.keys(told.paths ?? {}).filter((one) => from.url.startsWith(one));
        const path = begin ? told.paths[begin] + from.url.slice(begin.length) : from.url;
        const headers = { ...from.headers };
        delete headers["transfer-encoding"];
        headers["content-length"] = body.length;
        const asked = ask(told.target + path, { method: from.method, headers }, (answer) => {
            to.writeHead(answer.statusCode, answer.headers);
            answer.pipe(to);
        });
        asked.on("error", () => to.writeHead(502).end());
        asked.end(body);
    });
});
if (told.graphql) {
    const answer = await fetch(told.target + told.graphql, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query: getIntrospectionQuery() }),
    });
    schema = buildClientSchema((await answer.json()).data);
}
server.listen(told.port, "127.0.0.1", () => say({ ready: true }));
