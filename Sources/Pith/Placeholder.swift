// Pith: placeholder until the room is furnished.
