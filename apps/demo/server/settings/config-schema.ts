import { Type, type TObject, type TSchema } from "@sinclair/typebox";

import { optionList, type Option } from "./options.js";

const SecretSchema = Type.Object(
  { file: Type.String({ minLength: 1, description: "Path of a file that holds the secret alone." }) },
  { additionalProperties: false },
);

/** What a configuration file may hold. Every member is optional, and there are no others. */
export const ConfigFileSchema: TObject = toSchema();

/** The text of the published file, `waybill.config.schema.json`. */
export function configSchemaText(): string {
  return `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...ConfigFileSchema }, null, 2)}\n`;
}

type Branch = { [member: string]: Branch | Option };

function toSchema(): TObject {
  const root: Branch = {};
  for (const [, option] of optionList) {
    const steps = option.member.split(".");
    const last = steps.pop() ?? "";
    let at = root;
    for (const step of steps) at = (at[step] ??= {}) as Branch;
    at[last] = option;
  }
  return objectOf(root, {
    $id: "urn:waybill:config:1",
    title: "Configuration of the Waybill gateway",
    description: "Flags and environment variables come before it, value by value.",
  });
}

function objectOf(branch: Branch, annotations: object = {}, isRoot = true): TObject {
  const members: Record<string, TSchema> = isRoot ? { $schema: Type.Optional(Type.String()) } : {};
  for (const [name, below] of Object.entries(branch))
    members[name] = Type.Optional(isOption(below) ? schemaOf(below) : objectOf(below, {}, false));
  return Type.Object(members, { additionalProperties: false, ...annotations });
}

function isOption(branch: Branch | Option): branch is Option {
  return "kind" in branch && "help" in branch;
}

function schemaOf({ kind, help, standard, isSecret }: Option): TSchema {
  const description = standard === undefined ? help : `${help}; default: ${standard}`;
  return { ...(isSecret ? SecretSchema : kind.schema), description };
}
