// PithExport: placeholder until the room is furnished.
