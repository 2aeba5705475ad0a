/* The smallest module there is: the floor of the import times. */
export const nothing = null;
