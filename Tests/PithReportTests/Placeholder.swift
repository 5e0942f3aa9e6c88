// PithReportTests: placeholder until the room is furnished.
