/** Rises with every change of the tables that an older program could not live with. */
export const SCHEMA_VERSION = 2;

/** What was spent on calls that are forgotten, by key and day: a budget of all time goes on from it. */
const spentBefore = `CREATE TABLE IF NOT EXISTS spent_before (
  key_id VARCHAR, day DATE NOT NULL, amount DECIMAL(38,24), calls BIGINT NOT NULL, priced BIGINT NOT NULL);`;

/**
 * No index and no key: rows come nearly in the order of time, so that DuckDB's ranges of each block find them by `seq`,
 * `started` and `day`, and an index would double the file. Durations are microseconds. `mark`
 * is a number for the id. `charged` is what a budget was charged for a call whose cost is unknown. Columns are filled by their
 * place, so that new ones come last.
 */
export const schema = `
CREATE TABLE waybill_ledger (version INTEGER NOT NULL, last_seq BIGINT NOT NULL);
CREATE TABLE calls (
  seq BIGINT NOT NULL, mark BIGINT NOT NULL, id VARCHAR NOT NULL, key VARCHAR NOT NULL, day DATE NOT NULL,
  started TIMESTAMP NOT NULL, ended TIMESTAMP,
  provider VARCHAR, model_asked VARCHAR, model VARCHAR,
  key_id VARCHAR, key_alias VARCHAR, key_last_four VARCHAR,
  status VARCHAR NOT NULL, error_class VARCHAR, error_status INTEGER, error_message VARCHAR,
  stream BOOLEAN NOT NULL, ttft BIGINT, total BIGINT, gap BIGINT, rate DOUBLE,
  tokens_in BIGINT, tokens_out BIGINT, cache_read BIGINT, cache_write BIGINT, reasoning BIGINT, tokens_total BIGINT,
  fresh_in BIGINT, plain_out BIGINT, usage_source VARCHAR NOT NULL,
  cost DECIMAL(38,24), cost_status VARCHAR NOT NULL, cost_reason VARCHAR, saved DECIMAL(38,24),
  diagnostics VARCHAR[] NOT NULL, audit VARCHAR, tags VARCHAR[] NOT NULL, preview VARCHAR NOT NULL,
  trace_id VARCHAR, session_id VARCHAR, user_id VARCHAR, charged DECIMAL(38,24));
CREATE TABLE payloads (seq BIGINT NOT NULL, day DATE NOT NULL, json VARCHAR NOT NULL);
CREATE TABLE deliveries (
  n BIGINT NOT NULL, mark BIGINT NOT NULL, id VARCHAR NOT NULL, sink VARCHAR NOT NULL, noted TIMESTAMP NOT NULL, attempt INTEGER,
  state VARCHAR NOT NULL, code VARCHAR, reason VARCHAR);
${spentBefore}
INSERT INTO waybill_ledger VALUES (${SCHEMA_VERSION}, 0);
`;

/** Makes the tables of version 1 those of this one. */
export const migration = `
ALTER TABLE calls ADD COLUMN IF NOT EXISTS charged DECIMAL(38,24);
${spentBefore}
UPDATE waybill_ledger SET version = ${SCHEMA_VERSION};
`;

/** What a ledger of any version is recognised by. */
export const tableNames = ["calls", "deliveries", "payloads", "waybill_ledger"] as const;
