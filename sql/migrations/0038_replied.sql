-- When a lawyer's question to those behind the talk was answered (17): a reply is to one house and settles its questions alone.
alter table notes add column replied_at timestamptz;

update notes n set replied_at = (select min(r.at) from notes r
    where r.ticket = n.ticket and r.about = 'reply' and r.place > n.place)
where n.about = 'support';
