// PithDataTests: placeholder until the room is furnished.
