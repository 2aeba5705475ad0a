/*
 * The Standard Schema interface, version 1 (https://standardschema.dev), as far as a synchronous checker needs it. It is
 * meant to be copied, so that no package depends on another for it.
 */

/** A validator that any tool which knows Standard Schema can use. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[] };
