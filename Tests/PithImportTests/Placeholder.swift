// PithImportTests: placeholder until the room is furnished.
