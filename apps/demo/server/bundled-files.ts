/* Where files beside the program lie. The build puts this file into `dist`, which is as deep as `server`. */

/** The five documents that the project started from. */
export const seedsDirectory = new URL("../../../fixtures/seeds/", import.meta.url);
