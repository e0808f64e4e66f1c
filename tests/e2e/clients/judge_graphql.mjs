// Judges GraphQL requests by a schema, with the language's reference implementation: judge_graphql.mjs SCHEMA. Lines of JSON
// as judge_graphql.py takes and gives them.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { buildClientSchema, buildSchema, getVariableValues, parse, validate } from "graphql";

const packed = readFileSync(process.argv[2]);
const text = (packed[0] === 0x1f ? gunzipSync(packed) : packed).toString("utf8");
const trusted = { assumeValid: true, assumeValidSDL: true };
const answer = text.trimStart().startsWith("{") ? JSON.parse(text) : null;
const schema = answer ? buildClientSchema(answer.data ?? answer, trusted) : buildSchema(text, trusted);

function faults(query, variables) {
    let document;
    try {
        document = parse(query);
    } catch (error) {
        return [error.message];
    }
    const definitions = document.definitions[0].variableDefinitions ?? [];
    const names = definitions.map((one) => one.variable.name.value);
    const values = getVariableValues(schema, definitions, variables);
    return [
        ...validate(schema, document).map((error) => error.message),
        ...(values.errors ?? []).map((error) => error.message),
        ...Object.keys(variables).filter((name) => !names.includes(name)).map((name) => `the variable ${name} is not declared`),
    ];
}

function controls(query, variables) {
    const end = query.lastIndexOf("}");
    const found = { "a field that is not there": faults(`${query.slice(0, end)} fieldThatIsNotThere }`, variables).length > 0 };
    for (const one of parse(query).definitions[0].variableDefinitions ?? []) {
        const name = one.variable.name.value;
        if (one.type.kind === "NonNullType" && !one.defaultValue && name in variables) {
            const { [name]: _left, ...rest } = variables;
            found[name] = faults(query, rest).length > 0;
        }
    }
    return found;
}

for await (const line of createInterface({ input: process.stdin })) {
    const { query, variables } = JSON.parse(line);
    const wrong = faults(query, variables ?? {});
    console.log(JSON.stringify({ faults: wrong, controls: wrong.length ? {} : controls(query, variables ?? {}) }));
}
