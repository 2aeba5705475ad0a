import {
  BIGINT,
  BOOLEAN,
  DATE,
  DuckDBDateValue,
  DuckDBListType,
  DuckDBTimestampValue,
  listValue,
  TIMESTAMP,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";

import { readAmount } from "../amounts.js";
import { wellFormed } from "../plain-text.js";
import { badQuery } from "../problems.js";
import { markOf } from "./mark.js";

/** The parameters of one query. Each method answers what stands for the value in the text of the query. */
export class Params {
  readonly values: DuckDBValue[] = [];
  readonly types: DuckDBType[] = [];

  text(value: string): string {
    return this.#add(wellFormed(value), VARCHAR);
  }

  texts(values: readonly string[]): string {
    return values.map((value) => this.text(value)).join(", ");
  }

  textList(values: readonly string[]): string {
    return this.#add(listValue(values.map(wellFormed)), new DuckDBListType(VARCHAR));
  }

  integer(value: number): string {
    if (!Number.isSafeInteger(value)) throw badQuery(`${value} is no whole number`);
    return this.#add(BigInt(value), BIGINT);
  }

  /** The number of an id. */
  mark(id: string): string {
    return this.#add(markOf(id), BIGINT);
  }

  boolean(value: boolean): string {
    return this.#add(value, BOOLEAN);
  }

  /** A point in time, in epoch microseconds. */
  time(microseconds: number): string {
    if (!Number.isSafeInteger(microseconds)) throw badQuery(`${microseconds} is no time`);
    return this.#add(new DuckDBTimestampValue(BigInt(microseconds)), TIMESTAMP);
  }

  /** A day, in days since 1970. */
  day(days: number): string {
    return this.#add(new DuckDBDateValue(days), DATE);
  }

  /** An amount in decimal text. One that would be rounded is refused: the answer would be to another question. */
  amount(text: string): string {
    const amount = readAmount(text);
    if ("refused" in amount) throw badQuery(amount.reason);
    return `${this.text(text)}::DECIMAL(38,24)`;
  }

  #add(value: DuckDBValue, type: DuckDBType): string {
    this.types.push(type);
    return `$${this.values.push(value)}`;
  }
}
