import { defaultTextLimits, type TextLimits } from "@waybill/core";

/** The bounds for recordings: core's for documents, but a million items, since a stream may have as many chunks. */
export const recordingLimits: TextLimits = { ...defaultTextLimits, items: 1_000_000 };

/** Deepest nesting that is read or written, whatever the limits say: the stack must hold it. */
export const deepest = 1000;
