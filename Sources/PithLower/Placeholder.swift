// PithLower: placeholder until the room is furnished.
