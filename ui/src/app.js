// Everything here only helps: each page works without it.
import 'htmx.org/dist/htmx.esm.min.js'
import './autosave.js'
import './dates.js'
import './dialogs.js'
import './queues.js'
import './search.js'
import './submit.js'
import './upload.js'
