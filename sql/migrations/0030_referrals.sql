-- When who was referred elsewhere said to know where to go (28), and the cards that operators keep so that a lawyer can refer in
-- one step: first of all the lines that anybody in Beijing may call. A card without categories is for all of them.
alter table tickets add column referral_known_at timestamptz;

create table referral_cards (
    id text primary key,
    who text not null,
    place text,
    phone text,
    hours text,
    url text,
    map text,
    categories text[] not null,
    created_at timestamptz not null
);
insert into referral_cards (id, who, phone, hours, categories, created_at) values
    ('first-12333', '北京市人力资源和社会保障局', '12333', null, '{labour}', '2026-11-28'),
    ('first-12315', '北京市市场监督管理局', '12315', null, '{consumer}', '2026-11-28'),
    ('first-122', '北京市公安局公安交通管理局', '122', '全天', '{traffic}', '2026-11-28'),
    ('first-12366', '国家税务总局北京市税务局', '12366', null, '{administrative}', '2026-11-28'),
    ('first-12345', '北京市民热线服务中心', '12345', '全天', '{}', '2026-11-28'),
    ('first-12348', '公共法律服务热线', '12348', '全天', '{}', '2026-11-28');

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update, delete on referral_cards to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
