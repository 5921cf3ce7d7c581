import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('service', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='IncomingHook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('salt', models.CharField(max_length=64)),
                ('hosts', models.JSONField(default=list)),
                ('platform_token', models.CharField(blank=True, max_length=1000)),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='incoming_hooks', to='service.course')),
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='hook', to='service.apitoken')),
            ],
        ),
        migrations.CreateModel(
            name='OutgoingHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=1000)),
                ('salt', models.CharField(max_length=64)),
                ('events', models.JSONField(default=list)),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('not_before', models.DateTimeField(null=True)),
                ('ended', models.CharField(blank=True, max_length=200)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outgoing_hooks', to='service.course')),
            ],
        ),
        migrations.CreateModel(
            name='HookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('webhook_id', models.CharField(max_length=64, unique=True)),
                ('event', models.CharField(max_length=40)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('accepted', 'Accepted'), ('queued', 'Queued'), ('delivered', 'Delivered'), ('dead', 'Dead')], default='accepted', max_length=10)),
                ('due', models.DateTimeField()),
                ('attempt', models.PositiveIntegerField(default=1)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('ended', models.DateTimeField(null=True)),
                ('hook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='service.outgoinghook')),
            ],
        ),
        migrations.AddIndex(
            model_name='hookdelivery',
            index=models.Index(fields=['state', 'due'], name='service_hoo_state_2143c0_idx'),
        ),
    ]
