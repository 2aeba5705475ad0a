/** The version that is told to Langfuse; a test compares it with the package's. */
export const version = "0.0.0";
