// PithLowerTests: placeholder until the room is furnished.
