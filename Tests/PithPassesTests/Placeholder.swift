// PithPassesTests: placeholder until the room is furnished.
