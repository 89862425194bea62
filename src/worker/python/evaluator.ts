/**
 * The program in which `python_eval` evaluates: Python 3.8 or newer, run as `python3 -I -S -X utf8 -c EVALUATOR`. Its request,
 * its answer and its exit code are those of `executors/evaluation.ts`.
 *
 * It bounds what an expression can do by accident: no files, no sockets, no processes, so much memory and time. It is no
 * sandbox: Python cannot be confined from the inside, and who knows it well finds a way out of the names below.
 */
export const EVALUATOR = String.raw`
import ast, builtins, json, sys, types

NAMES = '''abs all any ascii bin bool bytearray bytes chr complex dict divmod enumerate filter float format frozenset hash
hex int isinstance iter len list map max min next oct ord pow print range repr reversed round set slice sorted str sum tuple
zip'''.split()
MODULES = 'cmath datetime decimal fractions itertools json math random re statistics'.split()
# Attributes that lead to frames and to code, as RestrictedPython has them (INSPECT_ATTRIBUTES), and all that are not public.
HIDDEN = ('_', 'ag_', 'co_', 'cr_', 'f_', 'gi_', 'tb_')
SAFE_INTEGER = 2 ** 53 - 1
DEEPEST = 32


def public(module):
    names = getattr(module, '__all__', None) or [name for name in dir(module) if not name.startswith('_')]
    values = {name: getattr(module, name) for name in names}
    return types.SimpleNamespace(**{n: v for n, v in values.items() if not isinstance(v, types.ModuleType)})


def namespace(tree):
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {name: public(__import__(name)) for name in MODULES if name in used}


def check(tree):
    for node in ast.walk(tree):
        attribute, name = getattr(node, 'attr', ''), getattr(node, 'id', '')
        if attribute.startswith(HIDDEN) or name.startswith('__'):
            raise NameError('the name ' + (attribute or name) + ' cannot be used here')


def limit(memory_bytes, seconds):
    try:
        import resource
    except ImportError:
        return  # Windows has no such limits.
    limits = {
        'RLIMIT_AS': memory_bytes,
        'RLIMIT_CPU': seconds,
        'RLIMIT_FSIZE': 0,
        'RLIMIT_CORE': 0,
        # No new process, and no new file descriptor: no file, no socket, no pipe.
        'RLIMIT_NPROC': 0,
        'RLIMIT_NOFILE': 0,
    }
    for name, value in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (AttributeError, OSError, ValueError):
            pass  # This system does not know it, or sets a lower one by itself.


def is_json(value, levels=DEEPEST):
    kind = type(value)
    if value is None or kind in (bool, str):
        return True
    if kind is int:
        return abs(value) <= SAFE_INTEGER
    if kind is float:
        return value - value == 0
    if levels == 0:
        return False
    if kind in (list, tuple):
        return all(is_json(item, levels - 1) for item in value)
    return kind is dict and all(type(key) is str and is_json(item, levels - 1) for key, item in value.items())


def main():
    request = json.load(sys.stdin)
    sys.stdout.reconfigure(line_buffering=True)
    answer = open(3, 'w', encoding='utf-8')
    try:
        tree = ast.parse(request['expression'].strip(), '<expression>', 'eval')
        check(tree)
        names = namespace(tree)
        names['__builtins__'] = {name: getattr(builtins, name) for name in NAMES}
        names['__builtins__'].update({'None': None, 'True': True, 'False': False})
        limit(request['memory_bytes'], request['seconds'])
        value = eval(compile(tree, '<expression>', 'eval'), names)
        if not is_json(value):
            print(repr(value))
            value = None
        json.dump(value, answer)
        code = 0
    except Exception as error:
        answer.write((type(error).__name__ + ': ' + str(error)).rstrip(': '))
        code = 1
    answer.close()
    return code


sys.exit(main())
`
