// PithImport: placeholder until the room is furnished.
