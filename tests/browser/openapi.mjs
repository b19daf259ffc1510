// Checks a value against a schema of an OpenAPI 3.0 document, as strictly as the platform does: sub-types by their
// discriminator, no unknown properties.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export async function loadSchemas(file) {
  const document = parse(await readFile(file, 'utf8'));
  return document.components.schemas;
}

// The problems found, each with the path to it.
export function problems(schemas, name, value) {
  const found = [];
  check(schemas, schemas[name], value, name, found);
  return found;
}

function resolve(schemas, schema) {
  return schema.$ref ? schemas[schema.$ref.split('/').pop()] : schema;
}

// All properties and required names of a schema with its parents.
function flatten(schemas, schema) {
  const flat = { properties: {}, required: new Set() };
  for (const part of [schema, ...(schema.allOf ?? [])]) {
    const from = part === schema ? schema : flatten(schemas, resolve(schemas, part));
    Object.assign(flat.properties, from.properties ?? {});
    for (const name of from.required ?? []) flat.required.add(name);
  }
  return flat;
}

function check(schemas, given, value, at, found) {
  let schema = resolve(schemas, given);
  if (value === null) {
    if (!schema.nullable) found.push(`${at}: is null`);
    return;
  }
  const kind = schema.discriminator?.mapping?.[value?.[schema.discriminator.propertyName]];
  if (schema.discriminator?.mapping && !kind) {
    found.push(`${at}: no such type: ${JSON.stringify(value?.[schema.discriminator.propertyName])}`);
    return;
  }
  if (kind) schema = schemas[kind.split('/').pop()];
  const type = schema.type ?? (schema.properties || schema.allOf ? 'object' : undefined);
  const actual = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  if (type && type !== actual && !(type === 'number' && actual === 'integer')) {
    found.push(`${at}: is ${actual}, must be ${type}`);
    return;
  }
  if (schema.enum && !schema.enum.includes(value)) found.push(`${at}: ${value} is none of ${schema.enum}`);
  if (actual === 'string') {
    if (schema.maxLength !== undefined && value.length > schema.maxLength) found.push(`${at}: longer than ${schema.maxLength}`);
    if (schema.minLength !== undefined && value.length < schema.minLength) found.push(`${at}: shorter than ${schema.minLength}`);
    if (schema.format === 'uri' && !/^(https?|tel|line):/.test(value)) found.push(`${at}: no address: ${value}`);
  }
  if (actual === 'array') {
    if (schema.maxItems !== undefined && value.length > schema.maxItems) found.push(`${at}: more than ${schema.maxItems}`);
    if (schema.minItems !== undefined && value.length < schema.minItems) found.push(`${at}: fewer than ${schema.minItems}`);
    value.forEach((item, n) => check(schemas, schema.items ?? {}, item, `${at}[${n}]`, found));
  }
  if (type === 'object') {
    const { properties, required } = flatten(schemas, schema);
    for (const name of required) if (!(name in value)) found.push(`${at}: ${name} is missing`);
    for (const [name, inner] of Object.entries(value)) {
      if (name in properties) check(schemas, properties[name], inner, `${at}.${name}`, found);
      else if (Object.keys(properties).length) found.push(`${at}: ${name} is not known`);
    }
  }
}
