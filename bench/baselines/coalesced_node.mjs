// Node with group commit: one writer takes everything that queued while the last commit was under
// way, and stores it with one INSERT. Otherwise the naive server; printed beside it for honesty.
//
// Usage: coalesced_node.mjs PORT DSN TICKETS LAWYERS

import { serve } from "./rooms.mjs";

const MOST = 500;
const INSERT = `insert into msg (room, sender, body, ts)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) returning id`;

await serve((pool) => {
  let waiting = [];
  let writing = false;

  async function write() {
    writing = true;
    while (waiting.length) {
      const batch = waiting.splice(0, MOST);
      const columns = [0, 1, 2, 3].map((column) => batch.map((one) => one.row[column]));
      try {
        const { rows } = await pool.query(INSERT, columns);
        batch.forEach((one, place) => one.stored(Number(rows[place].id)));
      } catch (error) {
        batch.forEach((one) => one.failed(error));
      }
    }
    writing = false;
  }

  return (...row) =>
    new Promise((stored, failed) => {
      waiting.push({ row, stored, failed });
      if (!writing) write();
    });
});
