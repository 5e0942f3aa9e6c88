// PithRuntime: placeholder until the room is furnished.
