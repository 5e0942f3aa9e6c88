import Testing

@testable import compress

@Suite struct ProgressTextTests {
  @Test func showsShareAndTimeLeft() {
    let text = ProgressText(stage: "calibrate", done: 128, total: 512, elapsed: 10)
    #expect(text.line(width: 100) == "calibrate ██████░░░░░░░░░░░░░░░░░░ 128/512  30 s left")
    #expect(text.line(width: 40) == "calibrate ██░░░░░░░░ 128/512  30 s left")
    #expect(text.line(width: 30) == "calibrate 128/512  30 s left")
    let long = ProgressText(stage: "eval", done: 1, total: 2, elapsed: 3725)
    #expect(long.line(width: 80).hasSuffix(" 1/2  1 h 2 min left"))
    let endless = ProgressText(stage: "eval", done: 1, total: .max, elapsed: 5)
    #expect(endless.line(width: 80).hasSuffix("more than a week left"))
    #expect(
      ProgressText(stage: "eval", done: 3, total: 4, elapsed: 500).line(width: 80).contains("2 min 47 s"))
  }

  @Test(arguments: 0...120) func neverWrapsNorTraps(width: Int) {
    for (done, total) in [(0, 0), (1, 3), (3, 3), (5, 3), (-1, 3), (1, 0)] {
      let text = ProgressText(stage: "calibrate", done: done, total: total, elapsed: 2)
      #expect(text.line(width: width).count <= max(0, width - 1))
    }
  }
}
