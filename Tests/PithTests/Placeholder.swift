// PithTests: placeholder until the room is furnished.
