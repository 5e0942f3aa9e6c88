import ArgumentParser

@main
struct Compress: ParsableCommand {}
