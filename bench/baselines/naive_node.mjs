// The same naive server with Node: socket.io and pg as their manuals show them, one INSERT for each
// message, acknowledged after the insert, pushed to the ticket's room. It checks nothing.
//
// Usage: naive_node.mjs PORT DSN TICKETS LAWYERS

import { serve } from "./rooms.mjs";

const INSERT = "insert into msg (room, sender, body, ts) values ($1, $2, $3, $4) returning id";

await serve((pool) => async (room, sender, body, now) => {
  const { rows } = await pool.query(INSERT, [room, sender, body, now]);
  return Number(rows[0].id);
});
