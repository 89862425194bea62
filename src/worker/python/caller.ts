/**
 * The program in which `python` calls a function: Python 3.8 or newer, run as `python3 -X utf8 -c CALLER`. Its request, the
 * payload, its answer and its exit code are those of `executors/evaluation.ts`.
 */
export const CALLER = String.raw`
import json, linecache, math, os, sys, traceback, types

FILE = '<source>'
SAFE_INTEGER = 2 ** 53 - 1
DEEPEST = 32


def load(source):
    module = types.ModuleType('retire_cluster_source')
    # Under its name pickle finds what it defines, and by its lines tracebacks show them.
    sys.modules[module.__name__] = module
    linecache.cache[FILE] = (len(source), None, source.splitlines(True), FILE)
    exec(compile(source, FILE, 'exec'), vars(module))
    return vars(module)


def call(source, function, args=(), kwargs={}):
    named = load(source).get(function)
    if not callable(named):
        raise NameError('the source defines no function ' + function)
    return named(*args, **kwargs)


def problem_of(value):
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        return ' is a whole number beyond 2^53'
    if isinstance(value, float) and not math.isfinite(value):
        return ' is ' + str(value)
    return None if value is None or isinstance(value, (str, int, float)) else ' is of the type ' + type(value).__name__


def inexact(value, levels=DEEPEST):
    """Where JSON does not have a value exactly, and why; None where it does."""
    if not isinstance(value, (dict, list, tuple)):
        return problem_of(value)
    if levels == 0:
        return ' lies too deep'
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(value, dict) and not isinstance(key, str):
            return ' has the key ' + repr(key) + ', which is no text'
        within = inexact(item, levels - 1)
        if within is not None:
            return '[' + repr(key) + ']' + within
    return None


def json_of(value):
    problem = inexact(value)
    if problem is not None:
        raise TypeError('what it returned is no JSON: value' + problem)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair: no UTF-8 has it, and JSON has it escaped.
        return json.dumps(value).encode()


def tell(error):
    """Prints the traceback, from where it leaves this program."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace, file=sys.__stderr__)
    return (type(error).__name__ + ': ' + str(error)).rstrip(': ').encode(errors='backslashreplace')


def main():
    request = json.load(sys.stdin)
    # What is printed is seen while it runs. (Standard error is buffered before Python 3.9.)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    # What it starts gets no hold of the answer.
    os.set_inheritable(3, False)
    try:
        answer, code = json_of(call(**request)), 0
    except SystemExit:
        raise
    except BaseException as error:
        sys.stdout.flush()
        answer, code = tell(error), 1
    with open(3, 'wb') as told:
        told.write(answer)
    return code


sys.exit(main())
`
