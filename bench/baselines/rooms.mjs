// What both Node baselines share: socket.io with its defaults, a room for each ticket.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import pg from "pg";
import { Server } from "socket.io";

/** Serves; `storing(pool)` gives `store(room, sender, body, now) -> id`, resolved once durable. */
export async function serve(storing) {
  const [port, dsn, tickets, lawyers] = process.argv.slice(2);
  const pool = new pg.Pool({ connectionString: dsn });
  await pool.query(readFileSync(new URL("table.sql", import.meta.url), "utf8"));
  const store = storing(pool);
  const http = createServer((request, response) => response.end());
  const io = new Server(http);

  io.on("connection", (socket) => {
    const sender = socket.handshake.auth.token;
    const place = Number(sender.slice(1));
    if (sender[0] === "c") socket.join(`t${place}`);
    else for (let room = place; room < tickets; room += Number(lawyers)) socket.join(`t${room}`);

    socket.on("message:send", async (data, ack) => {
      const now = new Date();
      const seq = await store(data.number, sender, data.body, now);
      const message = {
        ticket: data.number, seq, id: data.id, author: sender, body: data.body, sent_at: now,
      };
      io.to(data.number).emit("message:new", message);
      ack({ ok: true, seq, sent_at: now });
    });
  });

  http.listen(Number(port), "127.0.0.1");
  process.on("SIGTERM", () => process.exit(0));
}
