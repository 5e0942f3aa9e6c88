import Testing

@testable import compress

@Suite struct ProgressLineTests {
  @Test func showsShareAndTimeLeft() {
    let line = ProgressLine(label: "calibrate", done: 128, total: 512, elapsed: 10)
    #expect(line.text(width: 60) == "calibrate  [#####----------------]  25 %  128/512  ETA 0:30")
    #expect(line.text(width: 200).count < 100)
    let none = ProgressLine(label: "eval", done: 0, total: 10, elapsed: 1)
    #expect(none.text(width: 30) == "eval  0 %  0/10  ETA --:--")
    let long = ProgressLine(label: "eval", done: 1, total: 2, elapsed: 3725)
    #expect(long.text(width: 80).hasSuffix("50 %  1/2  ETA 1:02:05"))
    #expect(ProgressLine(label: "eval", done: 1, total: .max, elapsed: 5).text(width: 80).contains("> 1 day"))
  }

  @Test(arguments: 0...120) func neverWrapsNorTraps(width: Int) {
    for (done, total) in [(0, 0), (1, 3), (3, 3), (5, 3), (-1, 3), (1, 0)] {
      let line = ProgressLine(label: "calibrate", done: done, total: total, elapsed: 2)
      #expect(line.text(width: width).count <= max(0, width - 1))
    }
  }
}
