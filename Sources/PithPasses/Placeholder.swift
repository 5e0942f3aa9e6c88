// PithPasses: placeholder until the room is furnished.
