/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cluster/stories.test.ts > TAP > a device that comes back before anybody has its task goes on with it > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:05 device_offline {"device_id":"one","reason":"silent"}
12:00:05 warning device_registry [one] device one is offline {"reason":"silent"}
12:00:05 task_retrying {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"delay_seconds":0,"error":{"code":"DEVICE_LOST","message":"one is offline (silent)"}}
12:00:05 warning scheduler [one task-1] task task-1 waits for another attempt {"attempt":1,"outcome":"lost","error":{"code":"DEVICE_LOST","message":"one is offline (silent)"},"delay_seconds":0}
12:00:09 device_online {"device_id":"one","joined":false}
12:00:09 info device_registry [one] device one is connected {"address":"127.0.0.1"}
12:00:09 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:09 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:09 task_completed {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"execution_time_seconds":1}
12:00:09 info task_executor [one task-1] task task-1 completed {"task_type":"echo","attempt":1}
`

exports[`test/cluster/stories.test.ts > TAP > a device that comes back before anybody has its task goes on with it > the log of each task 1`] = `
task-1, completed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: started on one
2026-11-24T12:00:05.000Z: attempt 1 lost: one is offline (silent)
2026-11-24T12:00:09.000Z: taken up again on one
2026-11-24T12:00:09.000Z: completed
2026-11-24T12:00:09.000Z: > done
`

exports[`test/cluster/stories.test.ts > TAP > a device that fails what others complete proves itself > events and log 1`] = `
12:00:00 device_online {"device_id":"good","joined":true}
12:00:00 info device_registry [good] device good has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 device_online {"device_id":"bad","joined":true}
12:00:00 info device_registry [bad] device bad has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":"good"}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"good","attempt":1}
12:00:00 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"good","attempt":1}
12:00:00 info task_executor [good task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:00 task_completed {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"good","attempt":1,"execution_time_seconds":1}
12:00:00 info task_executor [good task-1] task task-1 completed {"task_type":"echo","attempt":1}
12:00:00 task_created {"task_id":"task-2","task_type":"echo","batch_id":null,"requested_device_id":"bad"}
12:00:00 task_assigned {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 task_started {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 info task_executor [bad task-2] task task-2 started {"task_type":"echo","attempt":1}
12:00:00 task_failed {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1,"execution_time_seconds":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 warning task_executor [bad task-2] task task-2 failed {"task_type":"echo","attempt":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 task_created {"task_id":"task-3","task_type":"echo","batch_id":null,"requested_device_id":"bad"}
12:00:00 task_assigned {"task_id":"task-3","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 task_started {"task_id":"task-3","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 info task_executor [bad task-3] task task-3 started {"task_type":"echo","attempt":1}
12:00:00 task_failed {"task_id":"task-3","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1,"execution_time_seconds":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 warning task_executor [bad task-3] task task-3 failed {"task_type":"echo","attempt":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 task_created {"task_id":"task-4","task_type":"echo","batch_id":null,"requested_device_id":"bad"}
12:00:00 task_assigned {"task_id":"task-4","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 task_started {"task_id":"task-4","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 info task_executor [bad task-4] task task-4 started {"task_type":"echo","attempt":1}
12:00:00 task_failed {"task_id":"task-4","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1,"execution_time_seconds":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 warning task_executor [bad task-4] task task-4 failed {"task_type":"echo","attempt":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 task_created {"task_id":"task-5","task_type":"echo","batch_id":null,"requested_device_id":"bad"}
12:00:00 task_assigned {"task_id":"task-5","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 task_started {"task_id":"task-5","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 info task_executor [bad task-5] task task-5 started {"task_type":"echo","attempt":1}
12:00:00 task_failed {"task_id":"task-5","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1,"execution_time_seconds":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 warning task_executor [bad task-5] task task-5 failed {"task_type":"echo","attempt":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 task_created {"task_id":"task-6","task_type":"echo","batch_id":null,"requested_device_id":"bad"}
12:00:00 task_assigned {"task_id":"task-6","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 task_started {"task_id":"task-6","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:00:00 info task_executor [bad task-6] task task-6 started {"task_type":"echo","attempt":1}
12:00:00 warning scheduler [bad] device bad gets nothing for 60 seconds: it failed 5 times in a row what others complete {"failures":5,"seconds":60}
12:00:00 task_failed {"task_id":"task-6","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1,"execution_time_seconds":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 warning task_executor [bad task-6] task task-6 failed {"task_type":"echo","attempt":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:00 task_created {"task_id":"task-7","task_type":"echo","batch_id":null,"requested_device_id":"bad"}
12:01:00 task_assigned {"task_id":"task-7","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:01:01 task_started {"task_id":"task-7","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1}
12:01:01 info task_executor [bad task-7] task task-7 started {"task_type":"echo","attempt":1}
12:01:01 info scheduler [bad] device bad has proved itself {}
12:01:01 task_completed {"task_id":"task-7","task_type":"echo","batch_id":null,"device_id":"bad","attempt":1,"execution_time_seconds":1}
12:01:01 info task_executor [bad task-7] task task-7 completed {"task_type":"echo","attempt":1}
`

exports[`test/cluster/stories.test.ts > TAP > a device that fails what others complete proves itself > the log of each task 1`] = `
task-1, completed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to good as attempt 1
2026-11-24T12:00:00.000Z: started on good
2026-11-24T12:00:00.000Z: completed
2026-11-24T12:00:00.000Z: > done
task-2, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to bad as attempt 1
2026-11-24T12:00:00.000Z: started on bad
2026-11-24T12:00:00.000Z: failed: TASK_ERROR: broken
task-3, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to bad as attempt 1
2026-11-24T12:00:00.000Z: started on bad
2026-11-24T12:00:00.000Z: failed: TASK_ERROR: broken
task-4, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to bad as attempt 1
2026-11-24T12:00:00.000Z: started on bad
2026-11-24T12:00:00.000Z: failed: TASK_ERROR: broken
task-5, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to bad as attempt 1
2026-11-24T12:00:00.000Z: started on bad
2026-11-24T12:00:00.000Z: failed: TASK_ERROR: broken
task-6, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to bad as attempt 1
2026-11-24T12:00:00.000Z: started on bad
2026-11-24T12:00:00.000Z: failed: TASK_ERROR: broken
task-7, completed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:01:00.000Z: assigned to bad as attempt 1
2026-11-24T12:01:00.000Z: started on bad
2026-11-24T12:01:01.000Z: completed
2026-11-24T12:01:01.000Z: > done
`

exports[`test/cluster/stories.test.ts > TAP > a second worker with the same credential is refused > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 warning device_registry [one] a second holder of the credential of one was refused {"address":"127.0.0.1","holder_address":"127.0.0.1"}
`

exports[`test/cluster/stories.test.ts > TAP > a second worker with the same credential is refused > the log of each task 1`] = `

`

exports[`test/cluster/stories.test.ts > TAP > a task that every device rejects is failed > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 device_online {"device_id":"two","joined":true}
12:00:00 info device_registry [two] device two has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_retrying {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"delay_seconds":0,"error":{"code":"TASK_REJECTED","message":"no echo here"}}
12:00:00 info scheduler [one task-1] task task-1 waits for another attempt {"attempt":1,"outcome":"rejected","error":{"code":"TASK_REJECTED","message":"no echo here"},"delay_seconds":0}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"two","attempt":2}
12:00:00 task_failed {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"two","attempt":2,"execution_time_seconds":null,"error":{"code":"TASK_ERROR","message":"the device said rejected, and nothing else"}}
12:00:00 warning task_executor [two task-1] task task-1 failed {"task_type":"echo","attempt":2,"error":{"code":"TASK_ERROR","message":"the device said rejected, and nothing else"}}
`

exports[`test/cluster/stories.test.ts > TAP > a task that every device rejects is failed > the log of each task 1`] = `
task-1, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: attempt 1 rejected: no echo here
2026-11-24T12:00:00.000Z: assigned to two as attempt 2
2026-11-24T12:00:00.000Z: failed: TASK_ERROR: the device said rejected, and nothing else
`

exports[`test/cluster/stories.test.ts > TAP > a task that fails is tried again, and ends > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:01 task_retrying {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"delay_seconds":0.501,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:01 warning scheduler [one task-1] task task-1 waits for another attempt {"attempt":1,"outcome":"failed","error":{"code":"TASK_ERROR","message":"broken"},"delay_seconds":0.501}
12:00:01 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":2}
12:00:03 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":2}
12:00:03 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":2}
12:00:03 task_completed {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":2,"execution_time_seconds":1}
12:00:03 info task_executor [one task-1] task task-1 completed {"task_type":"echo","attempt":2}
12:00:03 task_created {"task_id":"task-2","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:03 task_assigned {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:03 task_started {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:03 info task_executor [one task-2] task task-2 started {"task_type":"echo","attempt":1}
12:00:03 task_failed {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"execution_time_seconds":1,"error":{"code":"TASK_ERROR","message":"broken"}}
12:00:03 warning task_executor [one task-2] task task-2 failed {"task_type":"echo","attempt":1,"error":{"code":"TASK_ERROR","message":"broken"}}
`

exports[`test/cluster/stories.test.ts > TAP > a task that fails is tried again, and ends > the log of each task 1`] = `
task-1, completed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: started on one
2026-11-24T12:00:01.000Z: attempt 1 failed: broken
2026-11-24T12:00:01.501Z: assigned to one as attempt 2
2026-11-24T12:00:03.000Z: started on one
2026-11-24T12:00:03.000Z: completed
2026-11-24T12:00:03.000Z: > done
task-2, failed
2026-11-24T12:00:03.000Z: taken in
2026-11-24T12:00:03.000Z: assigned to one as attempt 1
2026-11-24T12:00:03.000Z: started on one
2026-11-24T12:00:03.000Z: failed: TASK_ERROR: broken
`

exports[`test/cluster/stories.test.ts > TAP > most of the cluster vanishes, and half of that comes back > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":"one"}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 device_online {"device_id":"two","joined":true}
12:00:00 info device_registry [two] device two has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-2","task_type":"echo","batch_id":null,"requested_device_id":"two"}
12:00:00 task_assigned {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"two","attempt":1}
12:00:00 device_online {"device_id":"three","joined":true}
12:00:00 info device_registry [three] device three has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-3","task_type":"echo","batch_id":null,"requested_device_id":"three"}
12:00:00 task_assigned {"task_id":"task-3","task_type":"echo","batch_id":null,"device_id":"three","attempt":1}
12:00:02 device_offline {"device_id":"one","reason":"connection_closed"}
12:00:02 warning device_registry [one] device one is offline with most of the cluster; its tasks wait for it {"reason":"connection_closed"}
12:00:02 device_offline {"device_id":"two","reason":"connection_closed"}
12:00:02 warning device_registry [two] device two is offline with most of the cluster; its tasks wait for it {"reason":"connection_closed"}
12:00:02 device_offline {"device_id":"three","reason":"connection_closed"}
12:00:02 warning device_registry [three] device three is offline with most of the cluster; its tasks wait for it {"reason":"connection_closed"}
12:00:07 device_online {"device_id":"one","joined":false}
12:00:07 info device_registry [one] device one is connected {"address":"127.0.0.1"}
12:00:07 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:07 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:10 task_retrying {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"two","attempt":1,"delay_seconds":0,"error":{"code":"DEVICE_LOST","message":"two fell silent with most of the cluster, and did not come back"}}
12:00:10 warning scheduler [two task-2] task task-2 waits for another attempt {"attempt":1,"outcome":"lost","error":{"code":"DEVICE_LOST","message":"two fell silent with most of the cluster, and did not come back"},"delay_seconds":0}
12:00:10 task_retrying {"task_id":"task-3","task_type":"echo","batch_id":null,"device_id":"three","attempt":1,"delay_seconds":0,"error":{"code":"DEVICE_LOST","message":"three fell silent with most of the cluster, and did not come back"}}
12:00:10 warning scheduler [three task-3] task task-3 waits for another attempt {"attempt":1,"outcome":"lost","error":{"code":"DEVICE_LOST","message":"three fell silent with most of the cluster, and did not come back"},"delay_seconds":0}
`

exports[`test/cluster/stories.test.ts > TAP > most of the cluster vanishes, and half of that comes back > the log of each task 1`] = `
task-1, running
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:07.000Z: started on one
task-2, pending
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to two as attempt 1
2026-11-24T12:00:10.000Z: attempt 1 lost: two fell silent with most of the cluster, and did not come back
task-3, pending
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to three as attempt 1
2026-11-24T12:00:10.000Z: attempt 1 lost: three fell silent with most of the cluster, and did not come back
`

exports[`test/cluster/stories.test.ts > TAP > the task of a lost device goes to another, and its end there alone counts > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:00 device_online {"device_id":"two","joined":true}
12:00:00 info device_registry [two] device two has joined {"address":"127.0.0.1","join_token":"node"}
12:00:02 device_offline {"device_id":"one","reason":"connection_closed"}
12:00:02 warning device_registry [one] device one is offline {"reason":"connection_closed"}
12:00:02 task_retrying {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"delay_seconds":0,"error":{"code":"DEVICE_LOST","message":"one is offline (connection_closed)"}}
12:00:02 warning scheduler [one task-1] task task-1 waits for another attempt {"attempt":1,"outcome":"lost","error":{"code":"DEVICE_LOST","message":"one is offline (connection_closed)"},"delay_seconds":0}
12:00:02 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"two","attempt":2}
12:00:03 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"two","attempt":2}
12:00:03 info task_executor [two task-1] task task-1 started {"task_type":"echo","attempt":2}
12:00:03 task_completed {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"two","attempt":2,"execution_time_seconds":1}
12:00:03 info task_executor [two task-1] task task-1 completed {"task_type":"echo","attempt":2}
12:00:03 device_online {"device_id":"one","joined":false}
12:00:03 info device_registry [one] device one is connected {"address":"127.0.0.1"}
`

exports[`test/cluster/stories.test.ts > TAP > the task of a lost device goes to another, and its end there alone counts > the log of each task 1`] = `
task-1, completed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: started on one
2026-11-24T12:00:02.000Z: attempt 1 lost: one is offline (connection_closed)
2026-11-24T12:00:02.000Z: assigned to two as attempt 2
2026-11-24T12:00:02.000Z: started on two
2026-11-24T12:00:03.000Z: completed
2026-11-24T12:00:03.000Z: > done
`

exports[`test/cluster/stories.test.ts > TAP > what a worker lost when it restarted is failed or given out again, as the task asked > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_created {"task_id":"task-2","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:00 info device_registry [one] device one is connected {"address":"127.0.0.1"}
12:00:00 task_retrying {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"delay_seconds":0,"error":{"code":"TASK_REJECTED","message":"one never received it"}}
12:00:00 info scheduler [one task-2] task task-2 waits for another attempt {"attempt":1,"outcome":"returned","error":{"code":"TASK_REJECTED","message":"one never received it"},"delay_seconds":0}
12:00:00 task_failed {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"execution_time_seconds":null,"error":{"code":"DEVICE_LOST","message":"one restarted and lost it"}}
12:00:00 warning task_executor [one task-1] task task-1 failed {"task_type":"echo","attempt":1,"error":{"code":"DEVICE_LOST","message":"one restarted and lost it"}}
12:00:00 task_assigned {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":2}
12:00:00 task_started {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":2}
12:00:00 info task_executor [one task-2] task task-2 started {"task_type":"echo","attempt":2}
12:00:00 device_offline {"device_id":"one","reason":"goodbye"}
12:00:00 info device_registry [one] device one is offline {"reason":"goodbye"}
12:00:00 task_retrying {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":2,"delay_seconds":0,"error":{"code":"TASK_REJECTED","message":"one stopped"}}
12:00:00 info scheduler [one task-2] task task-2 waits for another attempt {"attempt":2,"outcome":"returned","error":{"code":"TASK_REJECTED","message":"one stopped"},"delay_seconds":0}
`

exports[`test/cluster/stories.test.ts > TAP > what a worker lost when it restarted is failed or given out again, as the task asked > the log of each task 1`] = `
task-1, failed
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: started on one
2026-11-24T12:00:00.000Z: failed: DEVICE_LOST: one restarted and lost it
task-2, pending
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: attempt 1 returned: one never received it
2026-11-24T12:00:00.000Z: assigned to one as attempt 2
2026-11-24T12:00:00.000Z: started on one
2026-11-24T12:00:00.000Z: attempt 2 returned: one stopped
`

exports[`test/cluster/stories.test.ts > TAP > what is cancelled, drained or removed says so > events and log 1`] = `
12:00:00 device_online {"device_id":"one","joined":true}
12:00:00 info device_registry [one] device one has joined {"address":"127.0.0.1","join_token":"node"}
12:00:00 task_created {"task_id":"task-1","task_type":"echo","batch_id":null,"requested_device_id":null}
12:00:00 task_assigned {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_started {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 info task_executor [one task-1] task task-1 started {"task_type":"echo","attempt":1}
12:00:00 task_created {"task_id":"task-2","task_type":"echo","batch_id":null,"requested_device_id":"one"}
12:00:00 task_assigned {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1}
12:00:00 task_created {"task_id":"task-3","task_type":"echo","batch_id":null,"requested_device_id":"one"}
12:00:00 task_cancelled {"task_id":"task-1","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"execution_time_seconds":null}
12:00:00 info task_executor [one task-1] task task-1 cancelled {"task_type":"echo","attempt":1}
12:00:00 info device_registry [one] device one was changed {"schedulable":false,"tags":["old"]}
12:00:00 task_cancelled {"task_id":"task-2","task_type":"echo","batch_id":null,"device_id":"one","attempt":1,"execution_time_seconds":null}
12:00:00 info task_executor [one task-2] task task-2 cancelled {"task_type":"echo","attempt":1}
12:00:00 config_updated {"updated_fields":["cluster.heartbeat_interval"]}
12:00:00 info config [] the config was changed {"updated_fields":["cluster.heartbeat_interval"]}
12:00:00 task_cancelled {"task_id":"task-3","task_type":"echo","batch_id":null,"device_id":null,"attempt":0,"execution_time_seconds":null}
12:00:00 info task_executor [task-3] task task-3 cancelled {"task_type":"echo","attempt":0}
12:00:00 device_removed {"device_id":"one"}
12:00:00 info device_registry [one] device one was removed {"cancelled_tasks":1}
`

exports[`test/cluster/stories.test.ts > TAP > what is cancelled, drained or removed says so > the log of each task 1`] = `
task-1, cancelled
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: started on one
2026-11-24T12:00:00.000Z: cancelled by request
2026-11-24T12:00:00.000Z: cancelled
task-2, cancelled
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: assigned to one as attempt 1
2026-11-24T12:00:00.000Z: cancelled by request
2026-11-24T12:00:00.000Z: cancelled
task-3, cancelled
2026-11-24T12:00:00.000Z: taken in
2026-11-24T12:00:00.000Z: its device one was removed
2026-11-24T12:00:00.000Z: cancelled
`
