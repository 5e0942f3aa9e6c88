/// A page that needs nothing else: no script, no font, no picture from elsewhere.
///
/// The page is also well-formed XML. All text from the model is escaped, and a content security policy forbids the
/// page to load or to run anything.
struct Page {
  /// What the window is called.
  var title: String
  var heading: String
  var lead: String
  var body: Markup
  var tool: QuantizationReport.Tool

  var text: String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>\(title)</title>
      <style>
      \(StyleSheet.css)</style>
      </head>
      <body>
      <header>
      <h1>\(heading)</h1>
      <p class="lead">\(lead)</p>
      </header>
      <main>
      \(body)
      </main>
      <footer>Made by \(tool.name) \(tool.version). 1 KB is 1,024 bytes. Intervals are at 95 %: Wilson’s for \
      an accuracy, the paired one of Agresti and Min for a difference.</footer>
      </body>
      </html>

      """
    return page.text
  }
}
