-- What waits for the panel is read in the order of escalations_open, and only when an expert is there: of this
-- index every lapse paid the upkeep.
drop index tickets_panel_waits;
